import { type Command, Option } from 'commander';
import { OVERLAP_POLICIES, type OverlapPolicy } from '../../../engine/schedule-plan.js';
import type { CliContext } from '../context.js';
import { wholeNumber } from '../number-option.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';
import type { ScheduleBackfillFlags } from '../schedules/backfill-schedule.js';

const EXAMPLES = `
A schedule starts runs only while the Temporal server and a worker run; "sluice dev" is both on this machine.
ID is a schedule's whole ID (market-data/nightly), or its ID in the definition or its pipeline, where that is enough.

Examples:
  sluice schedule plan pipelines/*.yaml              next times, what would change, conflicts
  sluice schedule apply pipelines/*.yaml             make the schedules equal to the files
  sluice schedule list
  sluice schedule pause market-data/nightly --note "exchange is down"
  sluice schedule backfill nightly --from 2026-11-01 --to 2026-11-07`;

const PLAN_EXAMPLES = `
Changes nothing. Exits with 2 when a definition is wrong or a schedule cannot be made.

Examples:
  sluice schedule plan pipelines/market-data.yaml --next 10
  sluice schedule plan pipelines/*.yaml --json | jq '.schedules[] | select(.action != "unchanged")'`;

const APPLY_EXAMPLES = `
Creates and updates the schedules of the files, and deletes those that it made for the same pipelines and that their
files no longer have. Schedules that it did not make are never touched. Holidays are told to the server for this year
and the three after it: apply again, at any time, to tell it more.

Examples:
  sluice schedule apply pipelines/*.yaml
  sluice schedule apply pipelines/market-data.yaml --json`;

const BACKFILL_EXAMPLES = `
Starts the runs that the schedule would have started in that time, both ends included, one after the other. Times
without a zone are on the schedule's clock. With a definition it does what "sluice backfill" does: a run for each window of
time, with a table of what is done.

Examples:
  sluice schedule backfill market-data/nightly --from 2026-11-01 --to 2026-11-07
  sluice schedule backfill nightly --from 2026-11-01T00:00:00Z --to 2026-11-02T00:00:00Z --overlap allow_all
  sluice schedule backfill pipelines/prices.yaml --from 2024-01-01 --to 2024-12-31 --step 1d --max-parallel 4`;

type PlanFlags = ConnectionFlags & { readonly next: number };
type ListFlags = ConnectionFlags & { readonly pipeline?: string };
type NoteFlags = ConnectionFlags & { readonly note?: string };
type OverlapFlags = ConnectionFlags & { readonly overlap?: OverlapPolicy };

/** `sluice schedule`: when runs start by themselves. */
export function registerSchedule(program: Command, cli: CliContext): void {
  const schedule = program
    .command('schedule')
    .summary('when runs start by themselves')
    .description('Makes the schedules of definitions so on the server, and steers them there.')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES);
  registerFileCommands(schedule, cli);
  registerLooks(schedule, cli);
  registerSteering(schedule, cli);
  registerBackfill(schedule, cli);
}

function registerFileCommands(schedule: Command, cli: CliContext): void {
  const plan = schedule
    .command('plan')
    .description('Shows the next times of schedules, what "apply" would change, and conflicts.')
    .argument('<file...>', 'definitions')
    .option('--next <n>', 'so many next times of each', wholeNumber(1, 1000), 5)
    .addHelpText('after', PLAN_EXAMPLES);
  addConnectionOptions(plan).action(async (files: readonly string[], flags: PlanFlags) => {
    const { planFiles } = await import('../schedules/plan-files.js');
    await planFiles(cli, files, flags);
  });
  const apply = schedule
    .command('apply')
    .description('Makes the schedules on the server equal to those of the definitions.')
    .argument('<file...>', 'definitions')
    .addHelpText('after', APPLY_EXAMPLES);
  addConnectionOptions(apply).action(async (files: readonly string[], flags: ConnectionFlags) => {
    const { applyFiles } = await import('../schedules/apply-files.js');
    await applyFiles(cli, files, flags);
  });
}

function registerLooks(schedule: Command, cli: CliContext): void {
  const list = schedule
    .command('list')
    .description('Lists the schedules that Sluice made, with their last and next run.')
    .option('--pipeline <name>', 'only schedules of this pipeline');
  addConnectionOptions(list).action(async (flags: ListFlags) => {
    const { printSchedules } = await import('../schedules/print-schedules.js');
    await printSchedules(cli, flags);
  });
  withId(
    schedule,
    'describe',
    'Shows all of a schedule: its rules, its last runs and its next times.',
  ).action(async (id: string, flags: ConnectionFlags) => {
    const { describeSchedule } = await import('../schedules/describe-schedule.js');
    await describeSchedule(cli, id, flags);
  });
}

function registerSteering(schedule: Command, cli: CliContext): void {
  const steer = () => import('../schedules/steer-schedule.js');
  withId(schedule, 'trigger', 'Starts a run of a schedule now.')
    .addOption(overlapOption('what if a run of it goes on').default('allow_all'))
    .action(async (id: string, flags: OverlapFlags) => (await steer()).triggerSchedule(cli, id, flags));
  withId(schedule, 'pause', 'Keeps a schedule from starting runs; those that go on are left alone.')
    .option('--note <text>', 'why, shown in lists')
    .action(async (id: string, flags: NoteFlags) => (await steer()).pauseSchedule(cli, id, flags));
  withId(
    schedule,
    'unpause',
    'Lets a schedule start runs again. What it missed meanwhile is not made up for.',
  )
    .option('--note <text>', 'why, shown in lists')
    .action(async (id: string, flags: NoteFlags) => (await steer()).unpauseSchedule(cli, id, flags));
  withId(schedule, 'delete', 'Deletes a schedule; its runs are left alone.').action(
    async (id: string, flags: ConnectionFlags) => (await steer()).deleteSchedule(cli, id, flags),
  );
}

function registerBackfill(schedule: Command, cli: CliContext): void {
  const backfill = schedule
    .command('backfill')
    .description('Starts the runs that a schedule would have started in a span of time.')
    .argument('<id|file>', 'a schedule; or a definition, for windows of time as in "sluice backfill"')
    .requiredOption('--from <time>', 'first moment, such as 2026-11-01 or 2026-11-01T00:00:00Z')
    .requiredOption('--to <time>', 'last moment; a date is included')
    .addOption(overlapOption('of a schedule: what runs do that come due together (default: buffer_all)'))
    .option('--step <step>', 'of a definition: length of a window (default: 1d)')
    .option('--max-parallel <n>', 'of a definition: runs at once (default: 1)', wholeNumber(1, 500))
    .addHelpText('after', BACKFILL_EXAMPLES);
  addConnectionOptions(backfill).action(async (id: string, flags: ScheduleBackfillFlags) => {
    const { backfillSchedule } = await import('../schedules/backfill-schedule.js');
    await backfillSchedule(cli, id, flags);
  });
}

function withId(schedule: Command, name: string, description: string): Command {
  const command = schedule.command(name).description(description).argument('<id>', 'the schedule');
  return addConnectionOptions(command);
}

function overlapOption(words: string): Option {
  return new Option('--overlap <policy>', words).choices(OVERLAP_POLICIES);
}
