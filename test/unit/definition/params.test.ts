import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CatalogStage, StageCatalog } from '../../../src/definition/catalog.js';
import { loadDefinitionText } from '../../../src/definition/load.js';
import { formatProblem } from '../../../src/definition/problem.js';

const params = z
  .strictObject({ path: z.string(), epochs: z.int().min(1).default(3), tags: z.array(z.string()).optional() })
  .refine(({ path, tags }) => path !== 'tagged' || tags !== undefined, 'needs tags');

const train: CatalogStage = {
  name: 'train-model',
  version: '1',
  checkParams(value) {
    const { error } = params.safeParse(value);
    return (error?.issues ?? []).map(({ path, message }) => ({ path: path as (string | number)[], message }));
  },
};

const catalog: StageCatalog = {
  stages: new Map([[train.name, train]]),
  pipelines: new Map(),
};

async function problemsOf(stage: string, known: StageCatalog | null = catalog): Promise<readonly string[]> {
  const text = `name: demo\ninputs: { x: { type: string } }\nstages:\n  - ${stage}\n`;
  const { problems } = await loadDefinitionText(text, { file: 'p.yaml', catalog: known, env: {} });
  return problems.map(formatProblem);
}

describe('stage functions', () => {
  it('that are not registered are reported with what is', async () => {
    expect(await problemsOf('{ id: a, uses: train-modle }')).toEqual([
      'p.yaml:4:20 stage "a" uses "train-modle", which is not a registered stage function. Registered: train-model. Did you mean "train-model"?',
    ]);
  });

  it('may be served by a worker in another language on a task queue of their own', async () => {
    expect(await problemsOf('{ id: a, uses: fit-in-python, task_queue: python }')).toEqual([]);
  });

  it('are not checked when they are not known', async () => {
    expect(await problemsOf('{ id: a, uses: anything }', null)).toEqual([]);
  });

  it('are checked in wait_for too', async () => {
    expect(await problemsOf('{ id: a, wait_for: { uses: nope } }')).toEqual([
      'p.yaml:4:32 stage "a" uses "nope", which is not a registered stage function. Registered: train-model.',
    ]);
  });
});

describe('params', () => {
  it('that fit are fine', async () => {
    expect(await problemsOf('{ id: a, uses: train-model, with: { path: x } }')).toEqual([]);
  });

  it('that do not fit are reported one by one, each at its place', async () => {
    expect(
      await problemsOf('{ id: a, uses: train-model, with: { path: 7, epochs: 0, tags: [x, 2] } }'),
    ).toEqual([
      'p.yaml:4:47 stage "a": `with.path` does not fit the params of "train-model": Invalid input: expected string, received number',
      'p.yaml:4:58 stage "a": `with.epochs` does not fit the params of "train-model": Too small: expected number to be >=1',
      'p.yaml:4:71 stage "a": `with.tags.1` does not fit the params of "train-model": Invalid input: expected string, received number',
    ]);
  });

  it('that are missing are reported at the stage function', async () => {
    expect(await problemsOf('{ id: a, uses: train-model }')).toEqual([
      'p.yaml:4:5 stage "a": `with.path` is missing, "train-model" needs it',
    ]);
  });

  it('that an expression gives are left to the run', async () => {
    const text =
      "{ id: a, uses: train-model, with: { path: '${{ inputs.x }}', epochs: 'n${{ inputs.x }}', tags: '${{ inputs.x }}' } }";
    expect(await problemsOf(text)).toEqual([]);
  });

  it('rules over several params wait for the run when one of them is an expression', async () => {
    expect(await problemsOf('{ id: a, uses: train-model, with: { path: tagged } }')).toHaveLength(1);
    const text = "{ id: a, uses: train-model, with: { path: tagged, tags: ['${{ inputs.x }}'] } }";
    expect(await problemsOf(text)).toEqual([]);
  });

  it('a key too many is reported even when an expression gives its value', async () => {
    const text = "{ id: a, uses: train-model, with: { path: x, epoch: '${{ inputs.x }}' } }";
    expect(await problemsOf(text)).toEqual([
      'p.yaml:4:50 stage "a": `with.epoch` is not a param of "train-model"',
    ]);
  });
});
