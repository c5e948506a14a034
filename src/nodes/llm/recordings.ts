import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dispatcher, SnapshotAgent } from 'undici';
import { StageFailure } from '../../activities/stage-failure.js';
import { NODE_ERROR } from '../node-errors.js';
import type { Route } from './transport.js';

/**
 * Keeps responses of services, or gives kept ones instead of asking:
 *
 * - `record`: asks, and writes `responses.json` anew.
 * - `replay`: never asks. A request that was not recorded fails with `RecordingMissing`.
 */
export type Recordings = { readonly folder: string; readonly mode: 'record' | 'replay' };

/** Only these decide, beside method, URL and body, which recording fits, and only these of a request are kept. */
const MATCHED_HEADERS = ['content-type'];
const LEFT_OUT_HEADERS = ['authorization', 'api-key', 'x-api-key', 'cookie', 'set-cookie'];

/** The way of requests to or from recordings. Throws `RecordingMissing` when there is nothing to replay. */
export async function openRecordings({ folder, mode }: Recordings): Promise<Route> {
  const path = join(folder, 'responses.json');
  const limits = { headersTimeout: 0, bodyTimeout: 0 };
  const agent = new SnapshotAgent({
    mode: mode === 'record' ? 'record' : 'playback',
    snapshotPath: path,
    matchHeaders: MATCHED_HEADERS,
    excludeHeaders: LEFT_OUT_HEADERS,
    ...limits,
  });
  if (mode === 'record') {
    await mkdir(folder, { recursive: true });
    return { dispatcher: agent, send: (action) => action(), ended: inTurn(() => agent.saveSnapshots()) };
  }
  await agent.loadSnapshots().catch((cause: unknown) => {
    throw missing(`Responses are replayed, but "${path}" cannot be read`, cause);
  });
  return { dispatcher: agent, send: (action) => replayed(action, path), ended: () => Promise.resolve() };
}

async function replayed(
  action: () => Promise<Dispatcher.ResponseData>,
  path: string,
): Promise<Dispatcher.ResponseData> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('No snapshot found')) throw error;
    throw missing(`"${path}" holds no response to this request`, error);
  }
}

/** One after the other, each after all that was asked for before it: two writers would mix their files. */
function inTurn(action: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.catch(() => undefined).then(action);
    return last;
  };
}

function missing(what: string, cause: unknown): StageFailure {
  return new StageFailure(
    `${what}. The prompt, the model or a setting has changed since: record again with \`recordings: { mode: 'record' }\` and the service at hand.`,
    { type: NODE_ERROR.recordingMissing, retryable: false, cause },
  );
}
