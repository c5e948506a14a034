import { DefinitionError, formatProblem } from '../../../definition/problem.js';
import type { Plan } from '../../../engine/plan.js';
import type { LoadedConfig } from '../../../worker/config.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import { createLoader } from '../load-plan.js';

export type LoadedPlans = { readonly plans: readonly Plan[]; readonly config: LoadedConfig };

/** Loads definitions of one project. Throws a `DefinitionError` with the problems of all of them. */
export async function loadPlans(cli: CliContext, files: readonly string[]): Promise<LoadedPlans> {
  const load = createLoader(cli);
  const plans: Plan[] = [];
  const configs = new Map<string, LoadedConfig>();
  const problems = [];
  for (const file of new Set(files)) {
    // One after the other, so that problems keep the order of the files.
    // oxlint-disable-next-line no-await-in-loop
    const { plan, config, problems: found } = await load(file);
    problems.push(...found);
    configs.set(config.projectDir, config);
    if (plan !== null) plans.push(plan);
  }
  if (problems.some(({ severity }) => severity === 'error')) throw new DefinitionError(problems);
  for (const warning of problems) cli.note(cli.colours.stderr.yellow(formatProblem(warning)));
  const [config, another] = configs.values();
  if (config === undefined) throw new UsageError('No definition was given.');
  if (another !== undefined) {
    throw new UsageError(
      `The files belong to two projects, ${config.projectDir} and ${another.projectDir}.`,
      {
        hint: 'A schedule starts runs as its project is configured; name the files of one project at a time.',
      },
    );
  }
  return { plans, config };
}
