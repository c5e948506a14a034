import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CanaryStatus } from '../../src/client/canary/canary-handle.js';
import type { RunHandle } from '../../src/client/run-handle.js';
import { compileDefinition } from '../../src/definition/compile.js';
import type { CanaryReport } from '../../src/engine/canary.js';
import type { Plan } from '../../src/engine/plan.js';
import { httpReceiver } from '../support/http-receiver.js';
import { type KillableWorker, startKillableWorker } from '../support/killable-worker.js';
import { runCli } from '../support/run-cli.js';

/** The weights of the candidate that the router was told, by service. */
const told = new Map<string, number[]>();
/** Services whose candidate has become slow. */
const slow = new Set<string>();

/** Services whose router takes a weight and does not answer, and the weight. */
const silent = new Map<string, number>();

/** Services whose router refuses the way back the first time. */
const refusing = new Set<string>();

/** A router whose traffic is all made up. */
const router = await httpReceiver(({ url, body }) => {
  const service = url.split(/[/?]/)[2] ?? '';
  const headers = { 'content-type': 'application/json' };
  if (url.startsWith('/routes/')) {
    const { weights } = JSON.parse(body) as { readonly weights: { readonly v2: number } };
    told.set(service, [...(told.get(service) ?? []), weights.v2]);
    if (silent.get(service) === weights.v2) return null;
    if (weights.v2 === 0 && refusing.delete(service)) return { status: 401 };
    return { status: 200, headers, body: JSON.stringify({ service, weights }) };
  }
  const of = (p95: number) => ({ requests: 200, latency_ms: { p95 } });
  const versions = { v1: of(100), v2: of(slow.has(service) ? 900 : 110) };
  return { status: 200, headers, body: JSON.stringify({ service, versions }) };
});

let worker: KillableWorker;
beforeAll(async () => {
  worker = await startKillableWorker({ project: 'canary', taskQueue: 'canary', bookVariable: 'BOOK' });
});
afterAll(async () => {
  await worker.close();
  await router.close();
});

function plan(service: string, soak: string): Plan {
  const { plan: made, problems } = compileDefinition(
    {
      name: 'ship',
      stages: [
        {
          id: 'canary',
          canary: {
            baseline: 'v1',
            candidate: 'v2',
            target: { router: router.url, service },
            steps: [5, 50],
            soak,
            interval: '500ms',
            min_samples: 100,
            kpis: [
              {
                name: 'p95_ms',
                http: {
                  url: `${router.url}/kpis/${service}?window=\${{ window_seconds }}`,
                  value: 'body.versions[version].latency_ms.p95',
                  samples: 'body.versions[version].requests',
                },
                max: 250,
                baseline: { max_ratio: 1.5 },
              },
            ],
          },
        },
      ],
    },
    { catalog: null, env: {}, file: 'ship.yaml' },
  );
  if (made === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  return made;
}

const start = (service: string, soak = '1h'): Promise<RunHandle> =>
  worker.client.start(plan(service, soak), { key: service });

/** Waits until the candidate has a weight; nothing else tells how far a canary is. */
const has = (service: string, weight: number): Promise<void> =>
  vi.waitFor(() => expect(told.get(service)?.at(-1)).toBe(weight), { timeout: 60_000, interval: 50 });

/** A weight may be told twice when a worker or the server dies before it is booked. */
const weightsOf = (service: string): readonly number[] => [...new Set(told.get(service))];

const canaryOf = (service: string) =>
  worker.client.temporal.workflow.getHandle(`canary/${service}@${router.url.slice('http://'.length)}`);

describe('a canary in mid-soak', () => {
  it('or in the middle of a change of weights comes to the same end when worker and server are killed, or its run or workflow is terminated', async () => {
    silent.set('promoting', 100).set('leaving', 0);
    slow.add('leaving');
    const [good, bad, , orphan, promoting, leaving] = await Promise.all([
      start('good', '4s'),
      start('bad'),
      start('terminated'),
      start('orphan'),
      start('promoting', '500ms'),
      start('leaving'),
    ]);
    await Promise.all(['good', 'bad', 'terminated', 'orphan'].map((service) => has(service, 5)));
    await Promise.all([has('promoting', 100), has('leaving', 0)]);
    worker.killServer();
    await worker.kill();
    silent.clear();
    slow.add('bad');

    await has('bad', 0);
    expect((await bad.result()).stages['canary']).toMatchObject({
      status: 'failed',
      error: { type: 'CanaryRolledBack', message: 'rolled back: p95_ms: 900 is over max 250' },
    });

    await worker.client.temporal.workflow.getHandle('ship/terminated').terminate('gone');
    await has('terminated', 0);

    refusing.add('orphan');
    await canaryOf('orphan').terminate('by mistake');
    expect((await orphan.result()).stages['canary']?.error?.message).toContain('rolled back by the run');
    expect(told.get('orphan')?.filter((weight) => weight === 0)).toHaveLength(2);

    const result = await good.result();
    const report = result.stages['canary']?.output as unknown as CanaryReport;
    expect(report).toMatchObject({ phase: 'promoted', weights: { v1: 0, v2: 100 } });
    expect(weightsOf('good')).toEqual([5, 50, 100]);

    expect((await promoting.result()).stages['canary']).toMatchObject({
      status: 'succeeded',
      output: { phase: 'promoted', weights: { v1: 0, v2: 100 } },
    });
    expect(weightsOf('promoting')).toEqual([5, 50, 100]);
    expect((await leaving.result()).stages['canary']).toMatchObject({
      status: 'failed',
      output: { phase: 'rolled_back', weights: { v1: 100, v2: 0 } },
      error: { message: 'rolled back: p95_ms: 900 is over max 250' },
    });
    expect(told.get('promoting')?.filter((weight) => weight === 100)).toHaveLength(2);
    expect(told.get('leaving')?.filter((weight) => weight === 0)).toHaveLength(2);
  });
});

describe('sluice canary', () => {
  const canary = (...args: readonly string[]) => runCli(['canary', ...args, '--address', worker.address]);

  it('shows, pauses, resumes, promotes and aborts the canary of a run', async () => {
    const run = await start('steered');
    await has('steered', 5);
    const shown = await vi.waitFor(
      async () => {
        const { stdout } = await canary('status', run.workflowId);
        expect(stdout).toContain('Last evaluation');
        return stdout;
      },
      { timeout: 60_000, interval: 100 },
    );
    expect(shown).toContain('steered  v1 → v2  soaking at 5 percent');
    expect(shown).toMatch(/p95_ms +successful +110 +100 +40/);

    const paused = await canary('pause', run.workflowId, '--as', 'ada', '--reason', 'lunch', '--json');
    expect(paused.json()).toMatchObject({
      requested: 'pause',
      by: 'ada',
      stage: 'canary',
      paused: { by: 'ada', reason: 'lunch', of: 'canary' },
    });
    const again = await canary('pause', run.workflowId, '--as', 'bob');
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toMatch(/error It is paused already, since .* by ada\./);
    expect((await canary('resume', run.workflowId, '--as', 'ada')).exitCode).toBe(0);

    const { exitCode, stderr } = await canary('promote', run.workflowId, '--as', 'ada', '--reason', 'hotfix');
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('Promoting "canary/steered@')]);
    expect((await run.result()).status).toBe('succeeded');
    const ended = (await canary('status', run.workflowId, '--json')).json() as CanaryStatus;
    expect(ended).toMatchObject({
      phase: 'promoted',
      decision: { by: 'people', who: 'ada', reason: 'hotfix' },
    });

    const late = await canary('abort', run.workflowId);
    expect(late.exitCode).toBe(1);
    expect(late.stderr).toContain('error The canary of stage "canary" is over: hotfix.');
  });

  it('finds a canary by its own ID, and says what is there when it finds none', async () => {
    const run = await start('aborted');
    await has('aborted', 5);
    await vi.waitFor(
      async () => expect((await canary('status', 'canary/aborted')).stdout).toContain('aborted  v1 → v2'),
      { timeout: 60_000, interval: 100 },
    );
    const { exitCode } = await canary('abort', canaryOf('aborted').workflowId, '--reason', 'pager');
    expect(exitCode).toBe(0);
    await has('aborted', 0);
    await run.result();
    const wrong = await canary('status', run.workflowId, '--stage', 'cannary');
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('has no stage "cannary".');
    expect(wrong.stderr).toContain('Stages here: canary. Did you mean "canary"?');
  });
});
