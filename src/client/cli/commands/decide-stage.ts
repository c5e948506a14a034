import type { Command } from 'commander';
import { itemNamed } from '../../../shared/item-name.js';
import type { CliContext } from '../context.js';
import { wholeNumber } from '../number-option.js';
import { addConnectionOptions } from '../runs/connection-options.js';
import type { FollowFlags } from '../runs/start-and-follow.js';
import type { SteerFlags } from '../runs/steer.js';
import { addSteerOptions, collect } from '../runs/steer-options.js';

type HeldFlags = SteerFlags & { readonly item?: number };
type RetryFlags = HeldFlags &
  FollowFlags & {
    readonly param?: readonly string[];
    readonly failedItems?: boolean;
    readonly plan?: boolean;
    readonly id?: string;
  };
type SkipFlags = HeldFlags & { readonly output?: string };

const RETRY_EXAMPLES = `
The stage runs again with all its attempts. Values of --param are JSON, or else text; they replace params of the
definition from then on.

With --failed-items it starts a new run from one that has ended: it takes over all that succeeded, runs the failed items
of a stage with \`map\` again, and what depends on the stage.

Examples:
  sluice retry market-data load
  sluice retry thumbnails 'shrink[17]' --param width=400
  sluice retry thumbnails shrink --failed-items
  sluice retry market-data load --param source=backup --reason "the source is down"`;

const SKIP_EXAMPLES = `
What depends on the stage sees the output that is given, or null. The run succeeds in part.

Examples:
  sluice skip market-data load
  sluice skip market-data load --output '{"rows": 0}'`;

const FAIL_EXAMPLES = `
The stage ends with the error that it waits with; its fallback, if it has one, has its turn.

Examples:
  sluice fail market-data load --reason "no data today"`;

/** `sluice retry`: runs a held stage again. */
export function registerRetry(program: Command, cli: CliContext): void {
  const command = stageCommand(program, 'retry')
    .summary('run a held stage, or failed items, again')
    .description('Runs a stage again that is held, or the failed items of a stage in a new run.')
    .option('--param <key=value>', 'a param to replace; may be given again', collect)
    .option('--failed-items', 'run only the failed items of a run that has ended, in a new run')
    .option('--plan', 'with --failed-items: show what would happen and start nothing')
    .option('--id <key>', 'with --failed-items: part of the workflow ID (default: the time)')
    .option('-d, --detach', 'with --failed-items: start the run and do not follow it')
    .option('-v, --verbose', 'with --failed-items: also show what the stages write')
    .addHelpText('after', RETRY_EXAMPLES);
  addConnectionOptions(addSteerOptions(command)).action(
    async (run: string, stage: string, flags: RetryFlags) => {
      if (flags.failedItems === true) {
        const { continueRun } = await import('../runs/continue-run.js');
        return continueRun(cli, run, { how: 'resume', flags: { ...flags, failedItemsOf: stage } });
      }
      const [{ steer }, { readPairs }] = await Promise.all([
        import('../runs/steer.js'),
        import('../runs/read-pairs.js'),
      ]);
      const params = readPairs(flags.param, '--param');
      await steer(cli, {
        run,
        flags,
        requested: 'retry_stage',
        facts: heldStage(stage, flags),
        done: `Retried ${wordsOf(stage, flags)}`,
        act: (handle, who) =>
          handle.steering.retryStage({
            ...who,
            ...heldStage(stage, flags),
            ...(params === undefined ? {} : { params }),
          }),
      });
    },
  );
}

/** `sluice skip`: goes on without a held stage. */
export function registerSkip(program: Command, cli: CliContext): void {
  const command = stageCommand(program, 'skip')
    .summary('go on without a held stage')
    .description('Skips a stage that is held.')
    .option('--output <json>', 'what dependents see as its output (default: null)')
    .addHelpText('after', SKIP_EXAMPLES);
  addConnectionOptions(addSteerOptions(command)).action(
    async (run: string, stage: string, flags: SkipFlags) => {
      const [{ steer }, { readJson }] = await Promise.all([
        import('../runs/steer.js'),
        import('../runs/read-pairs.js'),
      ]);
      const output = flags.output === undefined ? null : readJson(flags.output, '--output');
      await steer(cli, {
        run,
        flags,
        requested: 'skip_stage',
        facts: heldStage(stage, flags),
        done: `Skipped ${wordsOf(stage, flags)}`,
        act: (handle, who) => handle.steering.skipStage({ ...who, ...heldStage(stage, flags), output }),
      });
    },
  );
}

/** `sluice fail`: gives a held stage up. */
export function registerFail(program: Command, cli: CliContext): void {
  const command = stageCommand(program, 'fail')
    .summary('give a held stage up')
    .description('Lets a stage fail that is held.')
    .addHelpText('after', FAIL_EXAMPLES);
  addConnectionOptions(addSteerOptions(command)).action(
    async (run: string, stage: string, flags: HeldFlags) => {
      const { steer } = await import('../runs/steer.js');
      await steer(cli, {
        run,
        flags,
        requested: 'fail_stage',
        facts: heldStage(stage, flags),
        done: `Failed ${wordsOf(stage, flags)}`,
        act: (handle, who) => handle.steering.failStage({ ...who, ...heldStage(stage, flags) }),
      });
    },
  );
}

function stageCommand(program: Command, name: string): Command {
  return program
    .command(name)
    .argument('<run>', 'workflow ID, run ID, or pipeline')
    .argument('<stage>', 'ID of the stage, or STAGE[INDEX] for an item of its map')
    .option('--item <index>', 'the held item of a map, counted from 0, like STAGE[INDEX]', wholeNumber(0));
}

function heldStage(stage: string, { item }: HeldFlags): { readonly stage: string; readonly item?: number } {
  return item === undefined ? itemNamed(stage) : { stage, item };
}

function wordsOf(stage: string, flags: HeldFlags): string {
  const held = heldStage(stage, flags);
  return held.item === undefined ? `stage "${stage}" of` : `item ${held.item} of stage "${held.stage}" of`;
}
