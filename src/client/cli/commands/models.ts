import { type Command, Option } from 'commander';
import type { CliContext } from '../context.js';
import { lastMomentOf } from '../history/history-options.js';
import { addInputOptions, type InputFlags } from '../inputs.js';
import { wholeNumber } from '../number-option.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

export type ListModelsFlags = ConnectionFlags & { readonly limit?: number; readonly alias?: string };
export type ShowModelFlags = ConnectionFlags & { readonly alias?: string; readonly at?: Date };
export type RegisterFlags = ConnectionFlags & {
  readonly artifact?: string;
  readonly sha256?: string;
  readonly run?: string;
  readonly stage?: string;
  readonly metric?: readonly string[];
  readonly parameter?: readonly string[];
  readonly label?: readonly string[];
  readonly fingerprint?: string;
  readonly description?: string;
  readonly as?: string;
};
export type MoveFlags = ConnectionFlags & {
  readonly alias: string;
  readonly reason: string;
  readonly expect?: string;
  readonly evidence?: string;
  readonly as?: string;
};
export type RollBackFlags = MoveFlags & {
  readonly to?: string;
  readonly aliasOnly?: boolean;
  readonly detach?: boolean;
  readonly verbose?: boolean;
};
export type MarkFlags = ConnectionFlags & {
  readonly failed?: boolean;
  readonly ready?: boolean;
  readonly reason: string;
  readonly as?: string;
};
export type DeployFlags = ConnectionFlags &
  InputFlags & {
    readonly canaryPercentage?: number;
    readonly mode?: string;
    readonly id?: string;
    readonly detach?: boolean;
    readonly verbose?: boolean;
  };

const EXAMPLES = `
A model has versions, which never change, and aliases such as staging, canary and production, each of which means one of
them. Every move of an alias is kept with who made it and why.

Examples:
  sluice models list
  sluice models versions mapper
  sluice models show mapper --alias production --at 2026-03-01
  sluice models history mapper --alias production
  sluice models register mapper 1.4.0 --artifact out/model.json --metric f1=0.91
  sluice models deploy mapper 1.4.0 --canary-percentage 5
  sluice models promote mapper 1.4.0 --reason "f1 up by 2 points"
  sluice models rollback mapper --reason "wrong answers"`;

/** `sluice models`: versions of models, which of them is in production, and who put it there. */
export function registerModels(program: Command, cli: CliContext): void {
  const models = program
    .command('models')
    .summary('versions of models, and which of them is in production')
    .description('Keeps versions of models, moves their aliases, and tells what happened to them.')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES);
  addReading(models, cli);
  addHistory(models, cli);
  addRegister(models, cli);
  addMoves(models, cli);
  addMark(models, cli);
  addDeploy(models, cli);
}

function addReading(models: Command, cli: CliContext): void {
  addConnectionOptions(models.command('list'))
    .description('Lists all models with what their usual aliases mean.')
    .action(async (flags: ConnectionFlags) => {
      const { printModels } = await import('../models/print-models.js');
      await printModels(cli, flags);
    });
  addConnectionOptions(models.command('versions'))
    .description('Lists the versions of a model, the latest first.')
    .argument('<model>', 'name of the model')
    .option('--limit <n>', 'at most so many (default: 20)', wholeNumber(1, 100_000))
    .action(async (model: string, flags: ListModelsFlags) => {
      const { printVersions } = await import('../models/print-models.js');
      await printVersions(cli, model, flags);
    });
  addConnectionOptions(models.command('show'))
    .description('Shows how a model stands, or one version of it.')
    .argument('<model>', 'name of the model')
    .argument('[version]', 'name of a version')
    .option('--alias <name>', 'the version that this alias means')
    .option('--at <date>', 'what the alias meant at this time; of a date, at its end', lastMomentOf)
    .action(async (model: string, version: string | undefined, flags: ShowModelFlags) => {
      const { showModel } = await import('../models/show-model.js');
      await showModel(cli, { model, version }, flags);
    });
}

function addHistory(models: Command, cli: CliContext): void {
  addConnectionOptions(models.command('history'))
    .description('Tells what happened to a model, the latest first: who did what, when and why.')
    .argument('<model>', 'name of the model')
    .option('--alias <name>', 'only moves of this alias')
    .option('--limit <n>', 'at most so many (default: 50)', wholeNumber(1, 100_000))
    .action(async (model: string, flags: ListModelsFlags) => {
      const { printModelHistory } = await import('../models/print-history.js');
      await printModelHistory(cli, model, flags);
    });
}

function addRegister(models: Command, cli: CliContext): void {
  addConnectionOptions(models.command('register'))
    .description(
      'Keeps a version of a model. The same again changes nothing; a version never changes, so another content is refused.',
    )
    .argument('<model>', 'name of the model')
    .argument('<version>', 'name of the version, such as 1.4.0')
    .option('--artifact <file>', 'the model itself: a file, or with --run the name of an artifact')
    .option('--sha256 <checksum>', 'what the checksum of the artifact must be')
    .option('--run <run>', 'the run that made it')
    .option('--stage <id>', 'the stage of the run that made it')
    .option('--metric <name=number>', 'a metric; may be given again', collect)
    .option('--parameter <name=value>', 'a parameter, JSON or text; may be given again', collect)
    .option('--label <name=text>', 'a label; may be given again', collect)
    .option('--fingerprint <text>', 'what tells the data apart that it was trained on')
    .option('--description <text>', 'what is special about it')
    .option('--as <name>', 'who registers it (default: you)')
    .action(async (model: string, version: string, flags: RegisterFlags) => {
      const { registerVersion } = await import('../models/register-version.js');
      await registerVersion(cli, { model, version }, flags);
    });
}

function addMoves(models: Command, cli: CliContext): void {
  addMove(models.command('promote'), 'what it must mean now, else nothing changes; "none" for nothing')
    .description(
      'Makes an alias mean a version: production, unless another is named. Moves no traffic: `models deploy` does.',
    )
    .argument('<model>', 'name of the model')
    .argument('<version>', 'name of the version')
    .action(async (model: string, version: string, flags: MoveFlags) => {
      const { promote } = await import('../models/move-alias.js');
      await promote(cli, { model, version }, flags);
    });
  addMove(models.command('rollback'), 'what it must mean now, else nothing changes')
    .description(
      'Makes an alias mean again what it meant before: production, unless another is named. Starts the pipeline that the configuration names for this, which moves the traffic, too, and follows it; where there is none, only the alias moves.',
    )
    .argument('<model>', 'name of the model')
    .option('--to <version>', 'go back to this version (default: the last one before that has not failed)')
    .option('--alias-only', 'move the alias and no traffic')
    .option('-d, --detach', 'start the run and do not follow it')
    .option('-v, --verbose', 'also show what the stages write')
    .action(async (model: string, flags: RollBackFlags) => {
      const { rollBack } = await import('../models/roll-back.js');
      await rollBack(cli, model, flags);
    });
  addMove(models.command('clear'), 'what it must mean now, else nothing changes', 'canary')
    .description('Makes an alias mean nothing: canary, unless another is named. Moves no traffic.')
    .argument('<model>', 'name of the model')
    .action(async (model: string, flags: MoveFlags) => {
      const { clearAlias } = await import('../models/move-alias.js');
      await clearAlias(cli, model, flags);
    });
}

function addMove(command: Command, expectation: string, alias = 'production'): Command {
  return addConnectionOptions(command)
    .option('--alias <name>', 'the alias to move', alias)
    .requiredOption('--reason <text>', 'why')
    .option('--expect <version>', expectation)
    .option('--evidence <json>', 'what speaks for it, kept with the move')
    .option('--as <name>', 'who moves it (default: you)');
}

function addMark(models: Command, cli: CliContext): void {
  addConnectionOptions(models.command('mark'))
    .description('Says that a version is no good, so that it cannot be promoted, or good after all.')
    .argument('<model>', 'name of the model')
    .argument('<version>', 'name of the version')
    .addOption(new Option('--failed', 'it is no good').conflicts('ready'))
    .option('--ready', 'it is good after all')
    .requiredOption('--reason <text>', 'why')
    .option('--as <name>', 'who says so (default: you)')
    .action(async (model: string, version: string, flags: MarkFlags) => {
      const { markVersion } = await import('../models/move-alias.js');
      await markVersion(cli, { model, version }, flags);
    });
}

function addDeploy(models: Command, cli: CliContext): void {
  const command = models
    .command('deploy')
    .description(
      'Starts the pipeline that the configuration names for deploying this model, with the inputs model, version and canary_percentage as far as it takes them, and follows it.',
    )
    .argument('<model>', 'name of the model')
    .argument('<version>', 'name of the version')
    .option(
      '--canary-percentage <n>',
      'share of the traffic that the version gets first',
      wholeNumber(1, 100),
    );
  addInputOptions(command)
    .option('-m, --mode <mode>', 'one of the modes of the definition')
    .option('--id <key>', 'part of the workflow ID after the name of the pipeline (default: the time)')
    .option('-d, --detach', 'start the run and do not follow it')
    .option('-v, --verbose', 'also show what the stages write');
  addConnectionOptions(command).action(async (model: string, version: string, flags: DeployFlags) => {
    const { deployModel } = await import('../models/deploy-model.js');
    await deployModel(cli, { model, version }, flags);
  });
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
