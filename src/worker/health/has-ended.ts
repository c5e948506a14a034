import { hostname } from 'node:os';
import { parseWorkerIdentity } from '../identity.js';

/** True for a worker of this machine whose process is gone; of others nobody can tell here. */
export function hasEnded(identity: string): boolean {
  const { pid, host } = parseWorkerIdentity(identity);
  if (pid === null || host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM');
  }
}
