import type { LogLevel, LogLine } from '../../../storage/log-line.js';
import { formatLogLine } from '../../render/log-text.js';
import type { RunHandle } from '../../run-handle.js';
import { unknownStage } from '../../unknown-stage.js';
import type { CliContext } from '../context.js';

/** Prints the log of a run or a stage; with `follow` until the run ends or a person stops it. */
export async function printLogs(
  cli: CliContext,
  run: RunHandle,
  options: {
    readonly stage?: string;
    readonly level?: LogLevel;
    readonly tail?: number;
    readonly follow: boolean;
    readonly chunks: boolean;
  },
): Promise<void> {
  const end = new AbortController();
  const interruption = cli.interruption();
  const signal = AbortSignal.any([end.signal, interruption]);
  // Lines that are written just before the end are still read after it.
  // With chunks the lines end with the run by themselves.
  if (options.follow && !options.chunks)
    void run.result({ signal: interruption }).then(
      () => end.abort(),
      () => end.abort(),
    );
  const lines: LogLine[] = [];
  let count = 0;
  for await (const line of run.logs({ ...options, signal })) {
    count += 1;
    if (cli.isJson) lines.push(line);
    else cli.print(formatLogLine(line, cli.colours.stdout));
  }
  if (cli.isJson) cli.json({ workflow_id: run.workflowId, run_id: run.runId, lines });
  if (count === 0 && options.tail !== 0) await explainSilence(cli, run, options);
}

async function explainSilence(
  cli: CliContext,
  run: RunHandle,
  { stage, level = 'debug' }: { readonly stage?: string; readonly level?: LogLevel },
): Promise<void> {
  const status = stage === undefined ? null : await run.status({ outputs: false }).catch(() => null);
  const stages = status === null ? [] : [...Object.keys(status.stages), ...Object.keys(status.hooks)];
  if (stage !== undefined && stages.length > 0 && !stages.includes(stage)) {
    throw unknownStage(`The run "${run.workflowId}"`, stage, stages);
  }
  if (cli.isJson) return;
  const what = level === 'debug' ? '' : ` of level ${level} or worse`;
  cli.note(
    stage === undefined
      ? `No stage of this run wrote anything${what}.`
      : `Stage "${stage}" wrote nothing${what}.`,
  );
}
