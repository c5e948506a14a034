import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SchedulesDocument } from '../../src/client/cli/schedules/plan-view.js';
import { checkSchedules } from '../../src/client/temporal-server/doctor-schedules.js';
import { dueTimes } from '../../src/client/schedules/due-times.js';
import { matchingTimes } from '../../src/client/schedules/matching-times.js';
import { nextRuns } from '../../src/client/schedules/next-runs.js';
import type { ScheduleItem } from '../../src/client/schedules/schedule-item.js';
import type { RunResult } from '../../src/engine/result.js';
import { compiled, type DevProject, startDevProject } from '../support/dev-project.js';
import { type CliOutcome, runCli } from '../support/run-cli.js';

let project: DevProject;

beforeAll(async () => {
  project = await startDevProject({ stages: [] });
});
afterAll(() => project.close());

const NOTE = 'on holiday';

function schedule(...args: readonly string[]): Promise<CliOutcome> {
  const env = { TEMPORAL_ADDRESS: project.server.address };
  return runCli(['schedule', ...args], { cwd: project.folder, env });
}

async function json<T>(...args: readonly string[]): Promise<T> {
  const outcome = await schedule(...args, '--json');
  expect(outcome.exitCode, outcome.stdout + outcome.stderr).toBe(0);
  return outcome.json() as T;
}

async function define(name: string, text: string): Promise<string> {
  const file = join(project.folder, `${name}.yaml`);
  await writeFile(file, `name: ${name}\n${text}`);
  return file;
}

const describeOne = (id: string): Promise<ScheduleItem> => project.client.schedules.describe(id);
const started = async (id: string): Promise<number> => (await describeOne(id)).started_count;
const result = (workflowId: string): Promise<RunResult> =>
  project.client.temporal.workflow.getHandle(workflowId).result() as Promise<RunResult>;

const TELL = `
stages:
  - { id: tell, set: { output: { day: "\${{ inputs.day }}", at: "\${{ run.scheduled_at }}" } } }
  - { id: other, set: { output: 1 } }
outputs: { tell: "\${{ stages.tell.output }}" }
`;

describe('a schedule of a definition', () => {
  it('starts runs when it is due, as sluice run would, and is seen and steered by commands', async () => {
    const file = await define(
      'often',
      `labels: { team: data }
inputs: { day: { type: string, required: true } }
modes: { daily: { stages: [tell] } }
schedules:
  - { id: quick, every: 1s, mode: daily, inputs: { day: today } }
  - { id: late, cron: 0 3 * * *, inputs: { day: then } }
${TELL}`,
    );
    const planned = await json<SchedulesDocument>('plan', file, '--next', '2');
    expect(planned.schedules.map(({ id, action, next }) => [id, action, next.length])).toEqual([
      ['often/quick', 'create', 2],
      ['often/late', 'create', 2],
    ]);
    await json('apply', file);
    await expect.poll(() => started('often/quick'), { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    const [run] = (await describeOne('often/quick')).recent;
    expect(run?.workflow_id).toMatch(/^often\/quick-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const at = run?.workflow_id.slice('often/quick-'.length) ?? '';
    const ended = await result(run?.workflow_id ?? '');
    expect(ended).toMatchObject({ status: 'succeeded', mode: 'daily', skipped_stages: ['other'] });
    expect(ended.outputs).toEqual({ tell: { day: 'today', at: `${at.slice(0, -1)}.000Z` } });
    const { memo, typedSearchAttributes } = await project.client.temporal.workflow
      .getHandle(run?.workflow_id ?? '')
      .describe();
    expect(memo).toMatchObject({ pipeline: 'often', mode: 'daily', schedule: { id: 'quick' } });
    expect(
      Object.fromEntries([...typedSearchAttributes.getAll()].map(({ key, value }) => [key.name, value])),
    ).toMatchObject({
      SluicePipeline: 'often',
      SluiceMode: 'daily',
      SluiceStatus: 'succeeded',
      SluiceLabels: ['team=data'],
    });

    const unchanged = await json<SchedulesDocument>('plan', file);
    expect(unchanged.schedules.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
    const paused = await json<ScheduleItem>('pause', 'quick', '--note', NOTE);
    expect(paused).toMatchObject({ id: 'often/quick', paused: true, note: NOTE });
    await json('trigger', 'late');
    await expect.poll(() => started('often/late'), { timeout: 20_000 }).toBe(1);
    const list = await schedule('list');
    expect(list.stdout).toMatch(new RegExp(`often/quick +every 1s +paused: ${NOTE}`));
    expect(list.stdout).toMatch(/often\/late +0 3 \* \* \* +on/);
    expect((await schedule('describe', 'late')).stdout).toMatch(/when +0 3 \* \* \* \(UTC\)/);
    expect(await nextRuns(project.client.temporal, 'often')).toMatchObject([
      { schedule: 'often/late', paused: false },
      { schedule: 'often/quick', paused: true },
    ]);
    // Applying again leaves the pause to people, and takes away what the file no longer has.
    await define(
      'often',
      `inputs: { day: { type: string, default: x } }\nschedules:\n  - { id: quick, every: 2s }\n${TELL}`,
    );
    const next = await json<SchedulesDocument>('apply', file);
    expect(next.schedules.map(({ id, action, changes }) => [id, action, changes])).toEqual([
      ['often/quick', 'update', ['times', 'definition', 'inputs', 'mode', 'start']],
      ['often/late', 'delete', []],
    ]);
    expect(await describeOne('quick')).toMatchObject({ times: ['every 2s'], paused: true, note: NOTE });
    const before = await started('quick');
    await json('unpause', 'often/quick');
    await expect.poll(() => started('quick'), { timeout: 20_000 }).toBeGreaterThan(before);
    await json('delete', 'often');
    const gone = await schedule('describe', 'often/quick');
    expect(gone.exitCode).toBe(2);
    expect(gone.stderr).toContain('There is no schedule "often/quick".');
  });

  it('that somebody else made is never touched', async () => {
    const other = { type: 'startWorkflow' as const, workflowType: 'theirs', taskQueue: 'theirs' };
    for (const scheduleId of ['theirs/nightly', 'backup'])
      await project.client.temporal.schedule.create({
        scheduleId,
        spec: { intervals: [{ every: '1h' }] },
        action: other,
      });
    const file = await define(
      'theirs',
      `schedules:\n  - { id: nightly, every: 1h }\n${TELL.replace('inputs.day', '1')}`,
    );
    const planned = await schedule('plan', file);
    expect(planned.exitCode).toBe(2);
    expect(planned.stdout).toContain('! not ours  theirs/nightly');
    const applied = await schedule('apply', file, '--json');
    expect(applied.json()).toMatchObject({ error: { code: 'schedule_conflict' } });
    for (const command of ['delete', 'trigger', 'pause', 'describe']) {
      const refused = await schedule(command, 'theirs/nightly');
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('not made by Sluice')]);
    }
    await define('theirs', TELL.replace('inputs.day', '1'));
    await json('apply', file);
    const { action, state } = await project.client.temporal.schedule.getHandle('theirs/nightly').describe();
    expect([action.workflowType, state.paused]).toEqual(['theirs', false]);
    expect((await json<{ schedules: ScheduleItem[] }>('list')).schedules.map(({ id }) => id)).not.toContain(
      'backup',
    );
  });

  it('leaves out a start while a run of it goes on, pauses after a failure, and asks for what it requires', async () => {
    const slow = await define(
      'slow',
      `schedules: [{ id: s, every: 1s }]\nstages:\n  - { id: wait, sleep: 1h }\n`,
    );
    const bad = await define(
      'bad',
      `schedules: [{ id: s, every: 1s, pause_on_failure: true }]\nstages:\n  - { id: fail, run: [sh, -c, exit 3], retry: { max_attempts: 1 } }\n`,
    );
    const needy = await define(
      'needy',
      `requires: [{ pipeline: nobody, max_age: 1h }]\nschedules: [{ id: s, every: 1h }]\nstages:\n  - { id: a, set: { output: 1 } }\nfinally:\n  - { id: tidy, set: { output: 2 } }\n`,
    );
    await json('apply', slow, bad, needy);
    await json('trigger', 'needy');
    await expect
      .poll(async () => (await describeOne('slow')).overlapped_count, { timeout: 30_000 })
      .toBeGreaterThan(1);
    expect(await describeOne('slow')).toMatchObject({ started_count: 1, running: [expect.any(String)] });
    await expect.poll(async () => (await describeOne('bad')).paused, { timeout: 30_000 }).toBe(true);
    expect((await describeOne('bad')).note).toMatch(/failure/);
    await expect.poll(() => started('needy'), { timeout: 20_000 }).toBe(1);
    const [run] = (await describeOne('needy')).recent;
    const handle = await project.client.find(run?.workflow_id ?? '');
    const ended = await handle.result();
    expect(ended).toMatchObject({
      status: 'failed',
      error: { type: 'RequirementsNotMet', message: 'cannot run now: "nobody" has never succeeded' },
      stages: { a: { status: 'cancelled' } },
      hooks: { tidy: { status: 'succeeded' } },
    });
    for (const id of ['slow', 'bad', 'needy']) await json('delete', id);
    await (await project.client.find('slow')).cancel();
  });

  it('starts runs of the past when it is backfilled, one after the other', async () => {
    const file = await define(
      'past',
      `inputs: { day: { type: string, default: x } }\nschedules: [{ id: daily, cron: 30 1 * * *, timezone: America/New_York, paused: true }]\n${TELL}`,
    );
    await json('apply', file);
    const { times } = await json<{ times: string[] }>(
      'backfill',
      'past',
      '--from',
      '2026-10-31',
      '--to',
      '2026-11-02',
    );
    expect(times).toEqual([
      '2026-10-31T05:30:00.000Z',
      '2026-11-01T05:30:01.000Z',
      '2026-11-02T06:30:00.000Z',
    ]);
    await expect.poll(() => started('past'), { timeout: 30_000 }).toBe(3);
    for (const at of times) {
      const id = `past/daily-${at.replace('.000Z', 'Z')}`;
      expect((await result(id)).outputs).toEqual({ tell: { day: 'x', at } });
    }
    const wrong = await schedule('backfill', 'past', '--from', 'yesterday', '--to', '2026-11-02');
    expect(wrong.exitCode).toBe(2);
  });

  it('of a definition too large for a payload starts runs and stays unchanged', async () => {
    const text = 'x'.repeat(400);
    const stages = Array.from(
      { length: 600 },
      (_, i) => `  - { id: s${i}, enabled: ${i === 0}, set: { output: ${text} } }\n`,
    );
    const file = await define('large', `schedules: [{ id: s, every: 1d }]\nstages:\n${stages.join('')}`);
    await json('apply', file);
    await json('trigger', 'large');
    await expect.poll(() => started('large'), { timeout: 30_000 }).toBe(1);
    const [run] = (await describeOne('large')).recent;
    expect((await result(run?.workflow_id ?? '')).status).toBe('succeeded');
    expect((await json<SchedulesDocument>('plan', file)).schedules).toMatchObject([{ action: 'unchanged' }]);
  });
});

describe('the times that are shown', () => {
  it('are those of the server, over changes of the clock and holidays', async () => {
    const rules = [
      `cron: 0 19 * * 1-5, timezone: America/New_York, skip: { market: NYSE }`,
      `cron: 30 1 * * *, timezone: America/New_York`,
      `cron: [30 2 * * *, 0 9 1 * 1], timezone: Europe/Berlin, skip: { holidays: [DE-BY], dates: [12-24, { from: 2026-12-28, to: 2026-12-30 }] }`,
      `cron: '*/20 1-3 * * sun', timezone: Europe/Berlin`,
      `cron: 30 */2 * * *, timezone: America/Havana, start: 2026-10-31, end: 2027-03-20`,
      `cron: 45 9 * * 1#1, timezone: Asia/Kolkata`,
      `every: 7h, offset: 90m, timezone: America/New_York, skip: { holidays: US }`,
    ].map((rule, i) => `  - { id: r${i}, paused: true, ${rule} }`);
    const file = await define('times', `schedules:\n${rules.join('\n')}\n${TELL.replace('inputs.day', '1')}`);
    await json('apply', file);
    const { schedules } = project.client;
    const { schedules: planned } = await schedules.plan([
      compiled({
        name: 'times',
        stages: [{ id: 'a', set: {} }],
        schedules: (await import('yaml')).parse(
          `[${rules.map((rule) => rule.trim().slice(2)).join(',')}]`,
        ) as object,
      }),
    ]);
    // Both changes of the clock in New York, Havana and Berlin, and the holidays around the turn of the year.
    const spans = [
      ['2026-10-20', '2026-11-03'],
      ['2026-12-20', '2027-01-10'],
      ['2027-03-10', '2027-03-30'],
    ].map(([from = '', to = '']) => ({ from: new Date(from), to: new Date(to) }));
    for (const { id, wanted } of planned) {
      if (wanted === null) throw new Error(`"${id}" is not wanted`);
      let count = 0;
      for (const { from, to } of spans) {
        const own = dueTimes(wanted.times, { after: new Date(from.getTime() - 1), count: 1_000, until: to });
        const starts = own.filter(({ closed }) => closed === null).map(({ at }) => at.toISOString());
        const server = await matchingTimes(project.client.temporal, id, { from, to });
        expect([id, starts]).toEqual([id, server.map((at) => at.toISOString())]);
        count += starts.length;
      }
      expect(count).toBeGreaterThan(0);
    }
    // What was computed ahead comes to an end; the server says so long before.
    const { connection, options } = project.client.temporal;
    const look = (now: string) => checkSchedules(connection as Connection, options.namespace, new Date(now));
    expect((await look('2026-11-01')).map(({ level }) => level)).toEqual(['ok']);
    const late = await look('2029-10-01');
    expect(late.every(({ level }) => level === 'warning')).toBe(true);
    expect(late.map(({ message }) => message).join()).toContain('"times/r0" knows end on 2029-12-31');
  });
});
