import { describe, expect, it } from 'vitest';
import { defineStage } from '../../../../src/activities/define-stage.js';
import { builtInStages } from '../../../../src/activities/models/built-in-stages.js';
import type { ModelRegistry } from '../../../../src/activities/models/model-registry.js';
import { loadDefinitionText } from '../../../../src/definition/load.js';
import { formatProblem } from '../../../../src/definition/problem.js';
import type { Json } from '../../../../src/shared/json.js';
import { createCatalog } from '../../../../src/worker/catalog.js';
import { ModelError } from '../../../../src/worker/models/model-error.js';
import { activityRig, aTask } from '../attempt-rig.js';

const VERSION = {
  version: '1',
  description: null,
  metrics: { f1: 0.9 },
  parameters: {},
  data_fingerprint: null,
  artifact: null,
  labels: {},
  run: null,
  registered_at: '2026-01-01T00:00:00.000Z',
  registered_by: 'ada',
  status: 'ready',
  status_reason: null,
  aliases: ['production'],
} as const;

/** A registry that keeps what it was asked and answers what it is given. */
function aRegistry(answers: Partial<ModelRegistry> = {}) {
  const asked: unknown[] = [];
  const registry: ModelRegistry = {
    register: async (...args) => {
      asked.push(args);
      return VERSION;
    },
    move: async (model, { alias, version }) => ({ model, alias, version, previous: null }),
    rollBack: async (model, { alias, to = '0' }) => ({ model, alias, version: to, previous: '1' }),
    rollbackTarget: async () => VERSION,
    mark: async () => true,
    find: async () => null,
    ...answers,
  };
  return { asked, registry };
}

function run(name: string, params: Json, registry: ModelRegistry) {
  const stages = [...builtInStages(() => registry).values()];
  return activityRig({ stages }).run(name, aTask({ params }));
}

describe('a built-in stage function', () => {
  it('registers a version in the name of its stage, with nothing left out', async () => {
    const { asked, registry } = aRegistry();
    const { output } = await run(
      'sluice/register-model',
      { model: 'm', version: '1', metrics: { f1: 0.9 } },
      registry,
    );
    expect(output).toEqual({ model: 'm', ...VERSION });
    expect(asked).toEqual([
      [
        'm',
        {
          version: '1',
          artifact: null,
          metrics: { f1: 0.9 },
          parameters: {},
          data_fingerprint: null,
          description: null,
          labels: {},
          by: 'stage stage of demo/1',
          run: { workflow_id: 'demo/1', run_id: 'run-1', stage: 'stage' },
        },
      ],
    ]);
  });

  it('moves an alias under the key that all attempts of its stage share', async () => {
    const asked: unknown[] = [];
    const { registry } = aRegistry({
      move: async (model, request) => {
        asked.push(request);
        return { model, alias: request.alias, version: request.version, previous: '1' };
      },
    });
    const params = { model: 'm', alias: 'production', version: '2', expected: null, reason: 'good' };
    const { output } = await run('sluice/move-model-alias', params, registry);
    expect(output).toEqual({ model: 'm', alias: 'production', version: '2', previous: '1' });
    expect(asked).toMatchObject([{ expected: null, request: 'demo/1/run-1/stage', reason: 'good' }]);
  });

  it('rolls an alias back under the key of its stage, and looks up first where that goes', async () => {
    const asked: unknown[] = [];
    const { registry } = aRegistry({
      rollBack: async (model, { alias, ...request }) => {
        asked.push(request);
        return { model, alias, version: '1', previous: '2' };
      },
      rollbackTarget: async (_model, question) => {
        asked.push(question);
        return VERSION;
      },
    });
    const where = { model: 'm', alias: 'production', to: null };
    const found = await run('sluice/find-rollback', where, registry);
    expect(found.output).toEqual({ model: 'm', ...VERSION });
    const wish = { ...where, to: '1', expected: '2', reason: 'bad' };
    const { output } = await run('sluice/roll-back-model', wish, registry);
    expect(output).toEqual({ model: 'm', alias: 'production', version: '1', previous: '2' });
    expect(asked).toEqual([
      { alias: 'production' },
      expect.objectContaining({ to: '1', expected: '2', reason: 'bad', request: 'demo/1/run-1/stage' }),
    ]);
  });

  it('tells that there is no version, or fails where one is required', async () => {
    const { registry } = aRegistry();
    const { output } = await run('sluice/find-model', { model: 'm', alias: 'production' }, registry);
    expect(output).toMatchObject({ found: false, version: null, metrics: {}, artifact: null, aliases: [] });
    const required = { model: 'm', alias: 'production', required: true };
    await expect(run('sluice/find-model', required, registry)).rejects.toMatchObject({
      type: 'ModelNotFound',
      nonRetryable: true,
      message:
        'the alias "production" of model "m" means nothing. See what there is with: sluice models show m',
    });
  });

  it.each([
    ['already_live', 'ModelRefused'],
    ['version_not_found', 'ModelNotFound'],
  ] as const)('fails for good with what the registry says: %s', async (code, type) => {
    const { registry } = aRegistry({
      move: () => Promise.reject(new ModelError(code, 'model "m": no.')),
    });
    const params = { model: 'm', alias: 'production', version: '2', reason: 'good' };
    await expect(run('sluice/move-model-alias', params, registry)).rejects.toMatchObject({
      type,
      nonRetryable: true,
      message: 'model "m": no.',
    });
  });

  it('is tried again when Temporal cannot be asked', async () => {
    const { registry } = aRegistry({ mark: () => Promise.reject(new Error('unavailable')) });
    const params = { model: 'm', version: '2', status: 'failed', reason: 'bad' };
    await expect(run('sluice/mark-model', params, registry)).rejects.toMatchObject({ nonRetryable: false });
  });
});

describe('a definition', () => {
  const catalog = createCatalog(new Map(), new Map(), new Map());
  const problemsOf = async (stage: string): Promise<readonly string[]> => {
    const text = `name: demo\nstages:\n  - ${stage}\n`;
    const { problems } = await loadDefinitionText(text, { file: 'p.yaml', catalog, env: {} });
    return problems.map(formatProblem);
  };

  it('may use built-in functions, and is told of a name that was meant', async () => {
    expect(
      await problemsOf('{ id: a, uses: sluice/find-model, with: { model: m, alias: production } }'),
    ).toEqual([]);
    // A task queue of its own does not make up for a wrong name.
    expect(await problemsOf('{ id: a, uses: sluice/find-modle, task_queue: python }')).toEqual([
      expect.stringMatching(
        /uses "sluice\/find-modle", which is not a registered stage function\. Registered: sluice\/find-model, .* Did you mean "sluice\/find-model"\?/,
      ),
    ]);
  });

  it('has their params checked', async () => {
    expect(await problemsOf('{ id: a, uses: sluice/find-model, with: { model: "-", alias: b } }')).toEqual([
      expect.stringContaining(
        '`with.model` does not fit the params of "sluice/find-model": a model cannot be named "-"',
      ),
    ]);
    expect(await problemsOf('{ id: a, uses: sluice/find-model, with: { model: m } }')).toEqual([
      expect.stringContaining('give `version` or `alias`, and not both'),
    ]);
    expect(
      await problemsOf(
        '{ id: a, uses: sluice/register-model, with: { model: m, version: "1", metric: {} } }',
      ),
    ).toEqual([expect.stringContaining('`with.metric` is not a param of "sluice/register-model"')]);
  });
});

describe('a stage function of a project', () => {
  it('cannot have the name of a built-in one', () => {
    expect(() => defineStage({ name: 'sluice/mine', run: () => null })).toThrow(
      'A stage function cannot be named "sluice/mine": names that begin with "sluice/" belong to built-in stage functions.',
    );
  });
});
