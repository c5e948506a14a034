import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDefinition, type Plan, type SluiceClient } from '../../src/client/index.js';
import type { RunResult } from '../../src/engine/result.js';
import { defineStage, z } from '../../src/index.js';
import { objectKey } from '../../src/storage/objects.js';
import { createCatalog } from '../../src/worker/catalog.js';
import { type CliOutcome, runCli } from '../support/run-cli.js';
import { type DevProject, startDevProject } from '../support/dev-project.js';

const PIPELINES = fileURLToPath(new URL('fixtures/models', import.meta.url));

/** Gives the metrics that it is told to, and a file that differs by the version. */
const train = defineStage({
  name: 'train',
  params: z.object({ version: z.string(), f1: z.number(), validity: z.number() }),
  run: async ({ params: { version, ...metrics }, ctx }) => {
    const artifact = await ctx.artifacts.write('model.json', JSON.stringify({ version }));
    return { artifact, metrics };
  },
});

let project: DevProject;
let client: SluiceClient;
let folder: string;

beforeAll(async () => {
  project = await startDevProject({ stages: [train] });
  ({ client } = project);
  folder = await mkdtemp(join(tmpdir(), 'sluice-models-'));
  await writeFile(
    join(folder, 'sluice.config.json'),
    JSON.stringify({
      storage: { folder: join(project.folder, '.sluice/store') },
      models: {
        mapper: { deploy: join(PIPELINES, 'deploy.yaml') },
        routed: { rollback: join(PIPELINES, 'rollback.yaml') },
      },
    }),
  );
});
afterAll(async () => {
  await project?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The definition of a file, as a project with these stages reads it. */
async function planOf(file: string): Promise<Plan> {
  const catalog = createCatalog(new Map([[train.name, train]]), new Map(), new Map());
  const { plan, problems } = await loadDefinition(join(PIPELINES, file), { catalog, env: {} });
  if (plan === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  return plan;
}

async function trained(version: string, metrics: { f1: number; validity?: number }): Promise<RunResult> {
  const run = await client.start(await planOf('train.yaml'), {
    inputs: { version, validity: 1, ...metrics },
  });
  return run.result();
}

const sluice = (...args: readonly string[]): Promise<CliOutcome> =>
  runCli([...args, '--address', project.server.address], { cwd: folder });

/** What `sluice models` says on the error stream, without colours. */
async function refusal(...args: readonly string[]): Promise<string> {
  const { exitCode, stderr } = await sluice('models', ...args);
  return `${exitCode}: ${stderr.trim()}`;
}

describe('a pipeline that trains a model', () => {
  it('registers what passes its gate, with where it comes from', async () => {
    const result = await trained('1.0.0', { f1: 0.9 });
    expect(result.status).toBe('succeeded');
    const found = await client.models.find('mapper', { version: '1.0.0' });
    expect(found).toMatchObject({
      metrics: { f1: 0.9, validity: 1 },
      data_fingerprint: 'data-1',
      artifact: { name: 'model.json' },
      run: { workflow_id: result.workflow_id, run_id: result.run_id, stage: 'register' },
      status: 'ready',
    });
  });

  it('compares with the version in production, and fails by its gate with the values and margins', async () => {
    await sluice('models', 'promote', 'mapper', '1.0.0', '--reason', 'the first one');
    const better = await trained('1.1.0', { f1: 0.895 });
    expect(better.status).toBe('succeeded');
    const worse = await trained('1.2.0', { f1: 0.85, validity: 0.9 });
    expect(worse.status).toBe('failed');
    expect(worse.stages['quality']).toMatchObject({ status: 'failed', error: { type: 'GateFailed' } });
    expect(worse.stages['register']).toMatchObject({ status: 'skipped' });
    expect(worse.stages['quality']?.output).toMatchObject({
      passed: false,
      checks: [
        { name: 'f1', passed: true, margin: 0.05 },
        { name: 'schema validity', passed: false, margin: -0.05 },
        { name: 'no worse than production', passed: false, margin: -0.04 },
      ],
    });
  });
});

describe('sluice models', () => {
  it('deploys by the pipeline of the configuration, and refuses what could not be promoted', async () => {
    const { exitCode } = await sluice('models', 'deploy', 'mapper', '1.1.0', '--canary-percentage', '10');
    expect(exitCode).toBe(0);
    const found = await client.models.find('mapper', { alias: 'production' });
    expect(found.version).toBe('1.1.0');
    const [event] = await client.models.history('mapper', { alias: 'production', limit: 1 });
    expect(event).toMatchObject({
      version: '1.1.0',
      previous: '1.0.0',
      reason: 'well at 10 percent',
      evidence: { percent: 10 },
      run: { stage: 'promote' },
    });
    expect(await refusal('deploy', 'mapper', '1.1.0')).toMatch(
      /^1: error Version "1.1.0" .* is in production already/,
    );
    expect(await refusal('deploy', 'mapper', '9')).toMatch(/^2: error Model "mapper" has no version "9"/);
    expect(await refusal('deploy', 'other', '1')).toMatch(
      /^2: error .* does not say how to deploy model "other"/,
    );
    await sluice('models', 'mark', 'mapper', '1.0.0', '--failed', '--reason', 'it leaks');
    expect(await refusal('deploy', 'mapper', '1.0.0')).toMatch(
      /^1: error Version "1.0.0" .* has failed: it leaks/,
    );
    expect(await refusal('rollback', 'mapper', '--reason', 'alarms')).toMatch(
      /^1: .* "1.1.0" has failed: 1.0.0/,
    );
    await sluice('models', 'mark', 'mapper', '1.0.0', '--ready', '--reason', 'it does not');
  });

  it('moves production back, but not for somebody who has seen something else', async () => {
    const back = ['rollback', 'mapper', '--reason', 'alarms'];
    expect(await refusal(...back, '--expect', '1.0.0')).toMatch(
      /^1: error Model "mapper": production is not "1.0.0" any more: it is "1.1.0" since .* by stage promote of/,
    );
    const outcome = await sluice('models', ...back, '--as', 'eve', '--json');
    expect(outcome.json()).toEqual({
      model: 'mapper',
      alias: 'production',
      version: '1.0.0',
      previous: '1.1.0',
    });
    expect(await refusal(...back)).toMatch(/^1: error .* nothing was production before "1.0.0"/);
    const shown = await sluice('models', 'show', 'mapper', '--at', '2999-01-01', '--json');
    expect(shown.json()).toMatchObject({ version: '1.0.0', by: 'eve', reason: 'alarms', until: null });
    const list = await sluice('models', 'list', '--json');
    expect(list.json()).toMatchObject({ models: [{ model: 'mapper', versions: 2, latest: '1.1.0' }] });
  });

  it('keeps a file as the artifact of a version, and refuses one that is not what it was', async () => {
    const file = join(folder, 'model.bin');
    await writeFile(file, 'the weights');
    const register = ['register', 'mapper', '2.0.0', '--artifact', 'model.bin', '--metric', 'f1=0.95'];
    expect(await refusal(...register, '--sha256', 'a'.repeat(64))).toMatch(
      /^1: error The artifact has the checksum/,
    );
    const registered = await sluice('models', ...register, '--json');
    expect(registered.exitCode).toBe(0);
    const { artifact } = registered.json() as { artifact: { sha256: string } };
    expect(await refusal('register', 'mapper', '2.0.0', '--metric', 'f1=0.1')).toMatch(
      /^1: error Model "mapper": there is a version "2.0.0" already, with another content/,
    );
    await project.store.put(objectKey(artifact.sha256), Buffer.from('other bytes'));
    expect(await refusal('promote', 'mapper', '2.0.0', '--reason', 'better')).toMatch(
      /^1: error Model "mapper": the artifact of "2.0.0": .* is damaged/,
    );
    await project.store.delete(objectKey(artifact.sha256));
    expect(await refusal('promote', 'mapper', '2.0.0', '--reason', 'better')).toMatch(
      /^1: .*the artifact of "2.0.0"/,
    );
    expect(await refusal('show', 'maper')).toMatch(
      /^2: error There is no model "maper"\.\n.*Did you mean "mapper"/,
    );
  });
});

describe('a rollback by the pipeline of the configuration', () => {
  const back = ['models', 'rollback', 'routed', '--reason', 'alarms'];

  it('does what its stages do, and is refused before it starts where it would be refused in the end', async () => {
    for (const version of ['1', '2', '3']) {
      const why = { version, by: 'ada', reason: 'better' };
      // One after the other, as a rollback goes through them.
      // oxlint-disable-next-line no-await-in-loop
      await client.models.register('routed', why);
      // oxlint-disable-next-line no-await-in-loop
      await client.models.move('routed', { ...why, alias: 'production' });
    }
    const outcome = await sluice(...back, '--as', 'eve', '--json');
    expect(outcome.json()).toMatchObject({ status: 'succeeded', outputs: { version: '2', left: '3' } });
    const [event] = await client.models.history('routed', { limit: 1 });
    expect(event).toMatchObject({ how: 'rollback', version: '2', reason: 'alarms (eve)' });
    expect(await refusal('rollback', 'routed', '--reason', 'x', '--to', '3')).toMatch(
      /^1: error Model "routed": "3" was not production before/,
    );
    expect(await refusal('rollback', 'routed', '--reason', 'x', '--evidence', '{}')).toMatch(
      /^2: error Pipeline "mapper-rollback" takes no input "evidence", so --evidence has no effect/,
    );
  });

  it('is left out on demand, and then it is said that no traffic moved', async () => {
    const { exitCode, stderr } = await sluice(...back, '--alias-only');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /production of routed is 1 now; it was 2 before\.\nOnly the alias moved, and no traffic/,
    );
    expect(await refusal('rollback', 'routed', '--reason', 'x', '--alias-only', '--detach')).toMatch(
      /^2: error --detach is for a rollback that runs a definition/,
    );
  });

  it('leaves aliases alone, which a command of its own can empty', async () => {
    await sluice('models', 'promote', 'routed', '3', '--alias', 'canary', '--reason', 'its canary begins');
    const clear = ['clear', 'routed', '--reason', 'its run was terminated'];
    expect(await refusal(...clear)).toBe('0: canary of routed is nothing now; it was 3 before.');
    expect(await refusal(...clear)).toBe('1: error Model "routed": canary means nothing already.');
  });
});

describe('a model with many versions', () => {
  it('has its old ones in the store, and tells of them as of the others', async () => {
    const { models } = client;
    for (let n = 1; n <= 120; n += 1) {
      // One after the other, as their order counts.
      // oxlint-disable-next-line no-await-in-loop
      await models.register('busy', { version: `0.${n}`, by: 'ada', metrics: { n } });
    }
    const moved = await models.move('busy', {
      alias: 'production',
      version: '0.3',
      by: 'ada',
      reason: 'why not',
    });
    expect(moved).toMatchObject({ version: '0.3', previous: null });
    expect(await models.find('busy', { alias: 'production' })).toMatchObject({
      version: '0.3',
      metrics: { n: 3 },
    });
    const versions = await models.versions('busy', { limit: 1_000 });
    expect(versions.map(({ version }) => version)).toEqual(
      Array.from({ length: 120 }, (_version, i) => `0.${120 - i}`),
    );
    const events = await models.history('busy', { limit: 1_000 });
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 121 }, (_event, i) => 121 - i));
  });
});
