import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { hasLastingWorker, projectWorkers } from '../../../../../src/client/cli/runs/project-workers.js';
import { projectTag, workerIdentity } from '../../../../../src/worker/identity.js';

const HERE = '/projects/tetra';
const DEAD_PID = 2 ** 22 + 1;

function queue(...identities: readonly string[]) {
  const lastAccessTime = { seconds: Math.floor(Date.now() / 1000) };
  const pollers = identities.map((identity) => ({ identity, lastAccessTime }));
  return {
    options: { namespace: 'default' },
    workflowService: { describeTaskQueue: () => Promise.resolve({ pollers }) },
  } as never;
}

it('finds a worker of this project, and one that does not tell its project', async () => {
  const found = { hasLasting: true, hasForeign: false };
  expect(await projectWorkers(queue(workerIdentity(HERE)), 'sluice', HERE)).toEqual(found);
  expect(await projectWorkers(queue('gpu-worker'), 'sluice', HERE)).toEqual(found);
});

it('does not count on a worker that ends with another command', async () => {
  const client = queue(workerIdentity(HERE, { isPassing: true }));
  expect(await projectWorkers(client, 'sluice', HERE)).toEqual({ hasLasting: false, hasForeign: false });
  expect(await hasLastingWorker(client, 'sluice')).toBe(false);
});

it('does not count on a worker whose process has ended, although the server remembers it', async () => {
  const client = queue(`${DEAD_PID}@${hostname()} ${projectTag(HERE)}`);
  expect(await projectWorkers(client, 'sluice', HERE)).toEqual({ hasLasting: false, hasForeign: false });
});

it("tells another project's worker apart", async () => {
  const client = queue(workerIdentity('/projects/story'));
  expect(await projectWorkers(client, 'sluice', HERE)).toEqual({ hasLasting: false, hasForeign: true });
  expect(await hasLastingWorker(client, 'sluice')).toBe(true);
});

it('counts on workers of other machines, whose processes it cannot see', async () => {
  const client = queue(`${DEAD_PID}@elsewhere ${projectTag(HERE)}`);
  expect(await projectWorkers(client, 'sluice', HERE)).toEqual({ hasLasting: true, hasForeign: false });
});

it('finds nobody at a queue that nobody polls', async () => {
  expect(await projectWorkers(queue(), 'sluice', HERE)).toEqual({ hasLasting: false, hasForeign: false });
});
