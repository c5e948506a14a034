import { formatProblem } from '../../../definition/problem.js';
import type { Continuation } from '../../../engine/reuse.js';
import type { ContinuationPlan, ContinueOptions } from '../../resume/plan-continuation.js';
import type { CliContext } from '../context.js';
import { type InputFlags, readInputs } from '../inputs.js';
import { loadPlan } from '../load-plan.js';
import type { ConnectionFlags } from './connection-options.js';
import { formatVerdicts } from './format-verdicts.js';
import { type Session, withSession } from './session.js';
import { type FollowFlags, startAndFollow } from './start-and-follow.js';

export type ContinueFlags = ConnectionFlags &
  InputFlags &
  FollowFlags & {
    readonly from?: string;
    /** The stage whose failed items run again. */
    readonly failedItemsOf?: string;
    readonly definition?: string;
    readonly plan?: boolean;
    readonly id?: string;
    readonly force?: boolean;
  };

/** Shows what a run that is made from an earlier one will do and, unless only that was asked for, starts and follows it. */
export async function continueRun(
  cli: CliContext,
  run: string,
  request: { readonly how: Continuation; readonly flags: ContinueFlags },
): Promise<void> {
  const { how, flags } = request;
  cli.interruption();
  const loaded = flags.definition === undefined ? null : await loadPlan(cli, flags.definition);
  for (const warning of loaded?.warnings ?? []) cli.note(cli.colours.stderr.yellow(formatProblem(warning)));
  await withSession(cli, { flags }, async (session) => {
    const handle = await session.find(run);
    if (how !== 'rerun') await session.prepareFor(handle, cli);
    const plan = await session.client.plan(how, handle, {
      ...(flags.from === undefined ? {} : { from: flags.from }),
      ...(flags.failedItemsOf === undefined ? {} : { failedItemsOf: flags.failedItemsOf }),
      ...(loaded === null ? {} : { definition: loaded.plan }),
      inputs: ({ inputs }) => readInputs(cli, inputs, flags),
      versions: versionsOf(session),
    });
    if (flags.plan === true) return showPlan(cli, plan);
    if (how !== 'rerun') cli.note(`${formatVerdicts(plan, cli.colours.stderr)}\n`);
    await startAndFollow(cli, session, flags, (memo) =>
      session.client.begin(plan, {
        memo,
        force: flags.force === true,
        ...(flags.id === undefined ? {} : { key: flags.id }),
      }),
    );
  });
}

function versionsOf({ config }: Session): NonNullable<ContinueOptions['versions']> {
  return new Map([...config.catalog.stages].map(([name, { version }]) => [name, version]));
}

function showPlan(cli: CliContext, plan: ContinuationPlan): void {
  const { input, ...shown } = plan;
  if (cli.isJson) cli.json({ ...shown, mode: input.mode, inputs: input.inputs });
  else cli.print(formatVerdicts(plan, cli.colours.stdout));
}
