import type { RunResult } from '../../../engine/result.js';
import { LineRenderer } from '../../render/line-renderer.js';
import type { Renderer } from '../../render/renderer.js';
import { TreeRenderer } from '../../render/tree-renderer.js';
import type { RunHandle } from '../../run-handle.js';
import type { CliContext } from '../context.js';
import { EXIT } from '../errors.js';
import { WatchKeys } from '../watch/watch-keys.js';
import { whoIs } from '../who.js';
import { reportResult } from './report-result.js';
import { shellWord } from '../../../shared/shell-word.js';

export type FollowOptions = {
  /** Also shows what the stages write. */
  readonly verbose: boolean;
  /** True when the run cannot go on without this process: an interruption then cancels it. */
  readonly endsWithUs: boolean;
};

/** Follows a run on stderr to its end and reports the result; sets the exit code. */
export async function followRun(cli: CliContext, run: RunHandle, options: FollowOptions): Promise<void> {
  const interruption = cli.interruption();
  const stop = new AbortController();
  const renderer = makeRenderer(cli);
  const onInterrupt = (): void => {
    if (!options.endsWithUs) return stop.abort();
    renderer.say(cli.colours.stderr.yellow('Cancelling the run. Press Ctrl-C again to end at once.'));
    // It may have ended in the meantime, which is as good.
    void run.cancel().catch(() => undefined);
  };
  if (interruption.aborted) onInterrupt();
  interruption.addEventListener('abort', onInterrupt, { once: true });
  let result: RunResult | null = null;
  const keys = watchKeys(cli, run, renderer);
  try {
    for await (const event of run.watch({ logs: options.verbose, signal: stop.signal })) {
      renderer.show(event);
      keys?.see(event);
      if (event.type === 'run_ended') result = event.result;
    }
  } finally {
    interruption.removeEventListener('abort', onInterrupt);
    keys?.close();
    renderer.close();
  }
  if (result === null) tellHowToGoOn(cli, run);
  else reportResult(cli, result, { isTold: isTree(cli) });
  if (interruption.aborted) cli.exitWith(EXIT.interrupted);
}

function makeRenderer(cli: CliContext): Renderer {
  const colours = cli.colours.stderr;
  return isTree(cli)
    ? new TreeRenderer(cli.stderr, { colours })
    : new LineRenderer({ write: (line) => cli.note(line), colours });
}

/** Keys are read where somebody sits at a terminal; null elsewhere. */
function watchKeys(cli: CliContext, run: RunHandle, renderer: Renderer): WatchKeys | null {
  const { interrupt, stdin } = cli;
  if (interrupt === undefined || !cli.isTty.stdin || !isTree(cli)) return null;
  return new WatchKeys({
    input: stdin,
    run,
    by: whoIs(cli, undefined),
    say: (text) => renderer.say(text),
    footer: (text) => renderer.footer(text),
    log: (line) => renderer.show({ type: 'log', line }),
    interrupt,
  });
}

function isTree(cli: CliContext): boolean {
  return cli.isTty.stderr && cli.env['TERM'] !== 'dumb' && (cli.env['CI'] ?? '') === '';
}

function tellHowToGoOn(cli: CliContext, run: RunHandle): void {
  cli.note(`The run goes on. Watch it with: sluice watch ${shellWord(run.workflowId)}`);
  if (cli.isJson) cli.json({ workflow_id: run.workflowId, run_id: run.runId, ui: run.uiUrl ?? null });
}
