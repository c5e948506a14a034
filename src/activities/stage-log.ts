import type { Logger } from 'pino';
import type { StageTask } from '../shared/task.js';
import type { BlobStore } from '../storage/blob-store.js';
import type { LogLevel } from '../storage/log-line.js';
import { type StageLogWriter, writeStageLog } from '../storage/write-stage-log.js';
import { NotJsonError, toPlainJson } from './plain-json.js';
import type { Redact } from './secrets.js';
import type { JsonObject } from '../shared/json.js';
import { isJsonObject } from '../shared/json.js';
import type { StageLogger } from './stage-function.js';

/** The log of one attempt: what `sluice logs` shows, and the worker's own log where its level lets it through. */
export interface StageLog {
  readonly logger: StageLogger;
  /** A line that a command wrote. Resolves at once unless the store is far behind. */
  output(stream: 'stdout' | 'stderr', line: string): Promise<void>;
  /** Undefined where nothing was written. */
  close(): Promise<void> | undefined;
}

type Write = { readonly level: LogLevel; readonly message: string; readonly stream?: 'stdout' | 'stderr' };

/** Costs nothing until the first line is written. */
export function createStageLog(
  task: StageTask,
  attempt: number,
  deps: { readonly store: BlobStore; readonly log: Logger; readonly redact: Redact },
): StageLog {
  const { store, redact } = deps;
  let writer: StageLogWriter | undefined;
  let operator: Logger | undefined;

  const open = (): StageLogWriter =>
    writeStageLog(
      store,
      {
        workflowId: task.run.workflow_id,
        runId: task.run.id,
        stage: task.stage.id,
        attempt,
        ...(task.item === undefined ? {} : { item: task.item.index }),
      },
      (error) =>
        deps.log.error({ err: error, stageId: task.stage.id }, 'The log of a stage cannot be written'),
    );
  const write = (line: Write, fields?: Readonly<Record<string, unknown>>): StageLogWriter => {
    const message = redact === undefined ? line.message : redact(line.message);
    const kept = fields === undefined ? undefined : plainFields(fields, redact);
    writer ??= open();
    writer.write({
      time: new Date().toISOString(),
      ...line,
      message,
      ...(kept === undefined ? {} : { fields: kept }),
    });
    // Output of commands belongs to the user, not to whoever runs the worker.
    const level = line.stream === undefined ? line.level : 'debug';
    if (deps.log.isLevelEnabled(level)) {
      operator ??= deps.log.child({ runId: task.run.id, stageId: task.stage.id, attempt });
      operator[level]({ workflowId: task.run.workflow_id, fields: kept }, message);
    }
    return writer;
  };

  return {
    logger: {
      debug: (message, fields) => void write({ level: 'debug', message }, fields),
      info: (message, fields) => void write({ level: 'info', message }, fields),
      warn: (message, fields) => void write({ level: 'warn', message }, fields),
      error: (message, fields) => void write({ level: 'error', message }, fields),
    },
    output: (stream, message) => write({ level: 'info', stream, message }).ready(),
    close: () => writer?.close(),
  };
}

/** Fields as JSON. A log call must never fail a stage, so a field that is no JSON is written as text. */
export function plainFields(fields: Readonly<Record<string, unknown>>, redact: Redact): JsonObject {
  const entries = Object.entries(fields).map(([key, value]) => [key, plainField(value, redact)] as const);
  const plain = Object.fromEntries(entries);
  return isJsonObject(plain) ? plain : {};
}

function plainField(value: unknown, redact: Redact): JsonObject[string] {
  const shown =
    value instanceof Error
      ? `${value.name}: ${value.message}`
      : value instanceof Date
        ? value.toISOString()
        : value;
  try {
    return toPlainJson(shown, redact);
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    const text = String(shown);
    return redact === undefined ? text : redact(text);
  }
}
