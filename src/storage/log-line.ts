import type { JsonObject } from '../shared/json.js';

/** From the least to the worst. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** One line of a stage's log. `time` is ISO 8601 in UTC; `stream` is set for output of a command, and for what a stage yields. */
export type LogLine = {
  readonly time: string;
  readonly stage: string;
  /** Position of the item of a map that wrote it. */
  readonly item?: number;
  readonly attempt: number;
  readonly level: LogLevel;
  readonly stream?: 'stdout' | 'stderr' | 'chunks';
  readonly message: string;
  readonly fields?: JsonObject;
};

/** Which attempt a log belongs to. */
export type LogSource = {
  readonly workflowId: string;
  readonly runId: string;
  readonly stage: string;
  readonly item?: number;
  readonly attempt: number;
};
