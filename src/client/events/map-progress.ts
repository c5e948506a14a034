import type { RunStatus } from '../../engine/result.js';
import type { RunEventBody } from './run-event.js';

type MapProgress = Extract<RunEventBody, { type: 'map_progress' }>;

/** Tells how far the maps of a run are, where that has changed since the last look. */
export class MapWatch {
  #before = new Map<string, string>();

  look({ stages }: Pick<RunStatus, 'stages'>): readonly MapProgress[] {
    const found = Object.entries(stages).flatMap(([stage, { items }]) =>
      items === undefined ? [] : [progressOf(stage, items)],
    );
    const changed = found.filter((one) => this.#before.get(one.stage) !== JSON.stringify(one));
    this.#before = new Map(found.map((one) => [one.stage, JSON.stringify(one)]));
    return changed;
  }
}

type Items = NonNullable<RunStatus['stages'][string]['items']>;

function progressOf(stage: string, items: Items): MapProgress {
  const { total, succeeded, failed, skipped, reused, running, held, pending } = items;
  const counts = { total, succeeded, failed, skipped, reused, running, pending };
  return { type: 'map_progress', stage, ...counts, ...(held === undefined ? {} : { held }) };
}
