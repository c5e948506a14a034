import type { CarriedRun } from '../../engine/run-input.js';
import type { RunLedger } from '../../engine/run-ledger.js';
import type { MapHost } from '../map/map-host.js';
import { ChangeLog } from './change-log.js';
import { HoldDesk } from './hold-desk.js';
import { OpenWaits } from './open-waits.js';
import { PauseSwitch } from './pause-switch.js';

/** What people did to a run so far, and what waits for them. */
export class Steering {
  readonly pause: PauseSwitch;
  readonly holds = new HoldDesk();
  readonly waits = new OpenWaits();
  readonly changes: ChangeLog;

  /** Pausing the run pauses its maps too. */
  constructor(carried: CarriedRun | undefined, maps: Pick<MapHost, 'pause' | 'unpause'>) {
    this.pause = new PauseSwitch(carried?.paused ?? null);
    if (this.pause.isOn) maps.pause();
    this.pause.onChange((paused) => (paused === null ? maps.unpause() : maps.pause()));
    this.changes = new ChangeLog(carried?.amendments ?? []);
  }

  /** What of it goes along into a new history; nothing where nobody steered. */
  carried(ledger: RunLedger): Pick<CarriedRun, 'open' | 'paused' | 'amendments'> {
    const open = this.waits.carried(ledger);
    const { paused } = this.pause;
    const { amendments } = this.changes;
    return {
      ...(open.length === 0 ? {} : { open }),
      ...(paused === null ? {} : { paused }),
      ...(amendments.length === 0 ? {} : { amendments }),
    };
  }
}
