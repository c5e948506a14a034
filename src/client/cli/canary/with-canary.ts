import type { CanaryHandle } from '../../canary/canary-handle.js';
import { findCanary, runOfCanary } from '../../canary/find-canary.js';
import type { CliContext } from '../context.js';
import { type Session, withSession } from '../runs/session.js';
import { ensureAnswer, type SteerFlags } from '../runs/steer.js';

export type CanaryFlags = SteerFlags & { readonly stage?: string; readonly step?: boolean };

/** Finds the canary that a command means, and hands it over. */
export async function withCanary(
  cli: CliContext,
  { run, flags }: { readonly run: string; readonly flags: CanaryFlags },
  act: (canary: CanaryHandle, session: Session) => Promise<void>,
): Promise<void> {
  await withSession(cli, { flags }, async (session) => {
    const { temporal } = session.client;
    const owner = await runOfCanary(temporal, run);
    const handle = await session.find(owner?.run ?? run);
    await ensureAnswer(session, handle);
    const status = await handle.status();
    await act(findCanary(temporal, status, flags.stage ?? owner?.stage), session);
  });
}
