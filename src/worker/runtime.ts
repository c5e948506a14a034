import { setFlagsFromString } from 'node:v8';
import {
  type LogLevel as TemporalLevel,
  type LogMetadata,
  Runtime,
  type Logger as TemporalLogger,
} from '@temporalio/worker';
import type { Level, Logger } from 'pino';

const LEVELS: Readonly<Record<TemporalLevel, Level>> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** Said by the wrapper around every stage already, with the names of the run and the stage. */
const REPEATED = 'Activity failed';

let isInstalled = false;

/**
 * Sets up what all workers of a process share: their log and the metrics of Temporal's library. Only the first call
 * counts. Signals are left alone: whoever starts a worker decides when it stops.
 */
export function installRuntime(options: {
  readonly log: Logger;
  readonly temporalMetricsPort?: number | undefined;
}): void {
  if (isInstalled) return;
  isInstalled = true;
  boundRegularExpressions();
  const { log, temporalMetricsPort } = options;
  const metrics = { prometheus: { bindAddress: `127.0.0.1:${temporalMetricsPort ?? 0}` } };
  try {
    const { logger } = Runtime.install({
      logger: temporalLogger(log),
      shutdownSignals: [],
      telemetryOptions: {
        logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
        ...(temporalMetricsPort === undefined ? {} : { metrics }),
      },
    });
    skipUnheard(logger, log);
  } catch (error) {
    // Somebody else in this process installed one first, and it works as well.
    log.debug({ err: error }, 'The Temporal runtime was set up before');
  }
}

/**
 * The SDK says several things about every step of a stage at levels that are hardly ever on, and copies, stamps and
 * sorts each before the log refuses it. This refuses them first.
 */
export function skipUnheard(sdk: TemporalLogger, log: Logger): void {
  for (const level of ['trace', 'debug'] as const) {
    const write = sdk[level].bind(sdk);
    sdk[level] = (message, meta) => {
      if (log.isLevelEnabled(level)) write(message, meta);
    };
  }
}

/**
 * A pattern in a definition may backtrack without end on the text that it meets, and would then hold up every run of
 * the worker. V8 goes over to its linear engine for such a match.
 */
export function boundRegularExpressions(): void {
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
}

/** Hands what Temporal's library says to the worker's own log. */
export function temporalLogger(log: Logger): TemporalLogger {
  const write = (level: TemporalLevel, message: string, meta?: LogMetadata): void => {
    const target = LEVELS[level];
    if (message === REPEATED || !log.isLevelEnabled(target)) return;
    log[target](factsOf(meta), message);
  };
  return {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
}

// Whole tasks hold the inputs of stages, which belong in no log, and tokens are of use to the library alone.
const LEFT_OUT = new Set(['taskToken', 'task', 'taskEncoded']);

function factsOf(meta: LogMetadata = {}): Record<string, unknown> {
  const kept = Object.entries(meta).filter(([key]) => !LEFT_OUT.has(key));
  // pino writes the message of an error only when it stands under this name.
  return Object.fromEntries(
    kept.map(([key, value]: [string, unknown]) => [value instanceof Error ? 'err' : key, value]),
  );
}
