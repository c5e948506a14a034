import { createInterface } from 'node:readline/promises';
import type { Steer } from '../../../engine/steering.js';
import type { RunHandle } from '../../run-handle.js';
import type { RunListItem } from '../../run-list.js';
import type { CliContext } from '../context.js';
import { EXIT, reportError, UsageError } from '../errors.js';
import { formatTable } from '../output.js';
import { type Session, withSession } from './session.js';
import { ensureAnswer, steer, type SteerFlags, steerOf } from './steer.js';

export type MatchFlags = SteerFlags & {
  readonly pipeline?: string;
  readonly query?: string;
  readonly yes?: boolean;
};

export type SteerRunsRequest = {
  /** Undefined where the flags say which runs are meant. */
  readonly run: string | undefined;
  readonly flags: MatchFlags;
  readonly requested: string;
  /** `pause`, for the question. */
  readonly verb: string;
  /** `Paused`, for the answer. */
  readonly done: string;
  readonly act: (handle: RunHandle, who: Steer) => Promise<void>;
  /** False for what the server does alone. @default true */
  readonly needsWorker?: boolean;
  /** What is left to do for a run that was steered. */
  readonly after?: (session: Session, handle: RunHandle) => Promise<void>;
};

type Outcome = {
  readonly workflow_id: string;
  readonly run_id: string;
  readonly ok: boolean;
  readonly error: { readonly code: string; readonly message: string } | null;
};

/** Runs that are steered at the same time. */
const AT_ONCE = 10;

/** Steers the runs that the flags match, once a person has seen them and agreed. */
export async function steerMatching(cli: CliContext, request: SteerRunsRequest): Promise<void> {
  const { flags, requested, verb, done } = request;
  const { pipeline, query } = flags;
  const who = steerOf(cli, flags);
  await withSession(cli, { flags }, async (session) => {
    const runs = await session.client.matching({
      ...(pipeline === undefined ? {} : { pipeline }),
      ...(query === undefined ? {} : { query }),
    });
    if (runs.length > 0 && !(await isWanted(cli, runs, request))) {
      return cli.note(`Nothing was done.`);
    }
    const outcomes = await steerAll(session, runs, { ...request, who });
    if (cli.isJson) cli.json({ requested, by: who.by, runs: outcomes });
    else
      tell(
        cli,
        outcomes,
        runs.length === 0 ? `No running run matches, so there is nothing to ${verb}.` : done,
      );
    if (outcomes.some(({ ok }) => !ok)) cli.exitWith(EXIT.failed);
  });
}

/** True when the command is about all runs that match, not about one. Throws {@link UsageError} when it says neither, or both. */
export function isForMany({
  run,
  flags,
  requested,
}: Pick<SteerRunsRequest, 'run' | 'flags' | 'requested'>): boolean {
  const isMatch = flags.pipeline !== undefined || flags.query !== undefined;
  if (isMatch && run !== undefined) {
    throw new UsageError(`Give a run, or --pipeline and --query, not both.`);
  }
  if (!isMatch && run === undefined) {
    throw new UsageError('No run was given.', {
      hint: `Name one, as in "sluice ${requested} RUN", or give --pipeline or --query for all that match.`,
    });
  }
  return isMatch;
}

/** Steers one run or many, as the command line says. */
export async function steerOneOrMany(cli: CliContext, request: SteerRunsRequest): Promise<void> {
  if (isForMany(request)) return steerMatching(cli, request);
  await steer(cli, { ...request, run: request.run ?? '' });
}

async function isWanted(
  cli: CliContext,
  runs: readonly RunListItem[],
  { flags, verb }: SteerRunsRequest,
): Promise<boolean> {
  if (flags.yes === true) return true;
  if (!cli.isTty.stdin || cli.isJson) {
    throw new UsageError(`${runs.length} runs match; nobody is here to agree to ${verb} them.`, {
      hint: 'Add --yes where that is what you want. "sluice list" shows runs.',
    });
  }
  const rows = runs.map((run) => [run.workflow_id, run.status, run.started_at]);
  const columns = [{ title: 'run' }, { title: 'status' }, { title: 'started' }];
  cli.note(formatTable(columns, rows, cli.colours.stderr));
  const prompt = createInterface({ input: cli.stdin, output: cli.stderr });
  try {
    const answer = await prompt.question(`${verb} these ${runs.length} runs? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}

async function steerAll(
  session: Session,
  runs: readonly RunListItem[],
  request: SteerRunsRequest & { readonly who: Steer },
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let start = 0; start < runs.length; start += AT_ONCE) {
    const some = runs.slice(start, start + AT_ONCE).map((run) => steerListed(session, run, request));
    outcomes.push(...(await Promise.all(some)));
  }
  return outcomes;
}

async function steerListed(
  session: Session,
  { workflow_id, run_id }: RunListItem,
  { act, after, who, needsWorker = true }: SteerRunsRequest & { readonly who: Steer },
): Promise<Outcome> {
  try {
    const handle = session.client.handle(workflow_id, run_id);
    if (needsWorker) await ensureAnswer(session, handle);
    await act(handle, who);
    await after?.(session, handle);
    return { workflow_id, run_id, ok: true, error: null };
  } catch (error) {
    const { code, message, exitCode } = reportError(error);
    if (exitCode === EXIT.unreachable) throw error;
    return { workflow_id, run_id, ok: false, error: { code, message } };
  }
}

function tell(cli: CliContext, outcomes: readonly Outcome[], words: string): void {
  if (outcomes.length === 0) return cli.note(words);
  for (const { workflow_id, error } of outcomes) {
    if (error === null) cli.note(`${words} "${workflow_id}".`);
    else cli.note(`${cli.colours.stderr.red('error')} "${workflow_id}": ${error.message}`);
  }
}
