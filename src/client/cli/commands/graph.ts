import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { assertNever } from '../../../shared/assert-never.js';
import type { GraphModel } from '../../graph/graph-model.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';

const FORMATS = ['mermaid', 'dot', 'svg', 'html'] as const;

type Format = (typeof FORMATS)[number];
type GraphFlags = {
  readonly format: Format;
  readonly output?: string;
  readonly mode?: string;
  readonly pipelines?: boolean;
};

/** Graphviz needs minutes beyond it. */
const MAX_DRAWN_STAGES = 1500;

const EXAMPLES = `
One column for each wave; the shape tells the kind of a stage, a dashed border a condition, a dashed arrow a dependency
that an expression implies, bold the longest chain. No server and no Graphviz are needed.

Examples:
  sluice graph pipelines/hello.yaml                              Mermaid, for Markdown
  sluice graph pipelines/*.yaml                                  how pipelines depend on each other
  sluice graph pipelines/hello.yaml --format svg -o hello.svg
  sluice graph pipelines/hello.yaml --format html -o hello.html
  sluice graph pipelines/hello.yaml --format dot | dot -Tpdf > hello.pdf`;

/** `sluice graph`: a drawing of the plan. */
export function registerGraph(program: Command, cli: CliContext): void {
  program
    .command('graph')
    .summary('draw a definition')
    .description('Draws the stages of a definition and what they depend on.')
    .argument('<file...>', 'definition: YAML, JSON or TypeScript')
    .addOption(new Option('-f, --format <format>', 'what to write').choices([...FORMATS]).default('mermaid'))
    .option('-o, --output <file>', 'where to write it (default: stdout)')
    .option('-m, --mode <mode>', 'grey out what this mode leaves out')
    .option('--pipelines', 'draw pipelines and what they require and call, as for several files')
    .addHelpText('after', EXAMPLES)
    .action((files: readonly string[], flags: GraphFlags) => drawGraph(files, flags, cli));
}

async function drawGraph(files: readonly string[], flags: GraphFlags, cli: CliContext): Promise<void> {
  const { format, output } = flags;
  const text = await render(await modelOf(files, flags, cli), format);
  if (output !== undefined) {
    await writeFile(resolve(cli.cwd, output), text);
    cli.note(`Wrote ${output}`);
  }
  if (cli.isJson)
    cli.json({ format, file: output ?? null, ...(output === undefined ? { graph: text } : {}) });
  else if (output === undefined) cli.print(text.trimEnd());
}

async function modelOf(
  files: readonly string[],
  { format, mode, pipelines = false }: GraphFlags,
  cli: CliContext,
): Promise<GraphModel> {
  const [{ loadPlan }, { graphModel }, { pipelinesModel }] = await Promise.all([
    import('../load-plan.js'),
    import('../../graph/graph-model.js'),
    import('../../graph/pipelines-model.js'),
  ]);
  const loaded = await Promise.all(files.map((file) => loadPlan(cli, file)));
  const plans = loaded.map(({ plan }) => plan);
  const [only] = plans;
  if (only === undefined || plans.length > 1 || pipelines) return drawable(() => pipelinesModel(plans));
  checkMode(Object.keys(only.modes), mode);
  checkSize(only.stages.length, format);
  return graphModel(only, mode ?? null);
}

function drawable(model: () => GraphModel): GraphModel {
  try {
    return model();
  } catch {
    throw new UsageError('The pipelines require each other in a circle, so none of them could ever start.');
  }
}

function checkMode(modes: readonly string[], mode: string | undefined): void {
  if (mode === undefined || modes.includes(mode)) return;
  const known = modes.length === 0 ? 'The pipeline has no modes.' : `Modes: ${modes.join(', ')}.`;
  throw new UsageError(`The mode "${mode}" does not exist.`, { hint: known });
}

function checkSize(stages: number, format: Format): void {
  if (stages <= MAX_DRAWN_STAGES || format === 'mermaid' || format === 'dot') return;
  throw new UsageError(`The pipeline has ${stages} stages; ${format} draws up to ${MAX_DRAWN_STAGES}.`, {
    hint: 'Use --format dot and draw it with the Graphviz engine "sfdp".',
  });
}

async function render(model: GraphModel, format: Format): Promise<string> {
  switch (format) {
    case 'mermaid':
      return (await import('../../graph/mermaid.js')).toMermaid(model);
    case 'dot':
      return (await import('../../graph/dot.js')).toDot(model);
    case 'svg':
      return (await import('../../graph/svg.js')).toSvg(model);
    case 'html':
      return (await import('../../graph/html.js')).toHtml(model);
    default:
      return assertNever(format);
  }
}
