import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ERROR_TYPE } from '../../shared/names.js';
import type { StreamPage, StreamPageParams } from '../../shared/map-task.js';
import type { BlobStore } from '../../storage/blob-store.js';
import {
  FIRST_MARK,
  OnceReader,
  type OnceStep,
  StreamChangedError,
  type StreamMark,
} from '../../storage/stream/read-once.js';
import { streamFolder } from '../../storage/stream/stream-place.js';
import type { Attempt } from '../attempt.js';
import { checkSchema } from '../check-schema.js';
import { stageFailure } from '../failure.js';
import type { Produced } from '../run-attempt.js';

const place = z.object({ attempt: z.number(), piece: z.number(), index: z.number() });

const pageParams = z.object({
  stage: z.string(),
  folder: z.string().nullable(),
  cursor: z.object({ at: place, digest: z.string() }).nullable(),
  most: z.number(),
  wait_ms: z.number(),
});

/** Of a page, so that it never becomes a large payload because of its many items. */
const MOST_BYTES = 96 * 1024;

/** How often is looked for more: soon at first, then more seldom. */
const FIRST_LOOK_MS = 25;
const LAST_LOOK_MS = 400;

type ReaderParts = Pick<Attempt, 'task'> & { readonly stopped: Pick<Attempt['stopped'], 'signal'> };

/**
 * Gives the chunks of a stage that come next, as the items of a map: those that are there at once, and else waits a
 * while. Safe to run twice: the same cursor is the same place, and nothing is taken out.
 */
export async function readStreamPage(
  attempt: ReaderParts,
  { store }: { readonly store: BlobStore },
): Promise<Produced> {
  const params: StreamPageParams = await checkSchema(
    pageParams,
    attempt.task.params,
    'The page does not fit',
  );
  const { run } = attempt.task;
  const source = { workflowId: run.workflow_id, runId: run.id, stage: params.stage };
  const mark = (params.cursor as StreamMark | null) ?? FIRST_MARK;
  const reader = new OnceReader(store, params.folder ?? streamFolder(source), mark);
  try {
    const step = await nextStep(reader, params, attempt.stopped.signal);
    const page: StreamPage = {
      items: step.kind === 'chunks' ? step.chunks : [],
      next: reader.mark,
      read: reader.mark.at.index,
      is_over: step.kind === 'end',
    };
    return { output: page };
  } catch (error) {
    if (!(error instanceof StreamChangedError)) throw error;
    const message = `the stream of stage "${params.stage}" changed: ${error.message}. Let its function go on after what is there (onRetry: 'continue'), or give the same chunks on every attempt.`;
    throw stageFailure(ERROR_TYPE.streamChanged, message, { nonRetryable: true });
  }
}

async function nextStep(
  reader: OnceReader,
  { most, wait_ms }: StreamPageParams,
  signal: AbortSignal,
): Promise<OnceStep> {
  const until = performance.now() + wait_ms;
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LAST_LOOK_MS)) {
    signal.throwIfAborted();
    const step = await reader.step({ chunks: most, bytes: MOST_BYTES });
    const left = until - performance.now();
    if (step.kind !== 'nothing' || left <= 0) return step;
    await delay(Math.min(pause, left), undefined, { signal }).catch(() => undefined);
  }
}
