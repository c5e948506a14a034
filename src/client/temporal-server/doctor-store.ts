import { existsSync } from 'node:fs';
import { createStore } from '../../storage/create-store.js';
import { probeStore } from '../../storage/probe-store.js';
import { loadConfig } from '../../worker/config.js';
import { failure, fine, type Finding } from './finding.js';

const CHECK = 'store';

/** Writes, reads and removes a probe in the store of a project. */
export async function checkStore(dir: string): Promise<Finding> {
  // The probe must not make a folder that is not there.
  if (!existsSync(dir)) return failure(CHECK, `${dir} does not exist.`, 'Give a folder that exists.');
  try {
    const { message, fix } = await probeStore(createStore((await loadConfig(dir)).storage));
    return fix === null ? fine(CHECK, message) : failure(CHECK, message, fix);
  } catch (error) {
    return failure(
      CHECK,
      error instanceof Error ? error.message : String(error),
      'Correct `storage` in the configuration, or what the message names.',
    );
  }
}
