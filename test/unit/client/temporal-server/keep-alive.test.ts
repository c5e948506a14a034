import { expect, it } from 'vitest';
import { keepAlive } from '../../../../src/client/temporal-server/keep-alive.js';

const DEAD_PID = 2 ** 22 + 1;

it('restarts a server that died, once', async () => {
  let pid = DEAD_PID;
  const messages: string[] = [];
  const restart = (): Promise<void> => {
    pid = process.pid;
    return Promise.resolve();
  };
  const stop = keepAlive({ pid: () => pid, restart, log: ({ message }) => messages.push(message) });
  await expect.poll(() => pid).toBe(process.pid);
  stop();
  expect(messages).toEqual([
    `The local Temporal server (process ${DEAD_PID}) ended unexpectedly: restarting it`,
  ]);
});

it('gives up a server that dies again and again', async () => {
  const messages: string[] = [];
  let restarts = 0;
  const restart = (): Promise<void> => {
    restarts += 1;
    return restarts === 2 ? Promise.reject(new Error('the port is taken')) : Promise.resolve();
  };
  keepAlive({ pid: () => DEAD_PID, restart, log: ({ message }) => messages.push(message) });
  await expect
    .poll(() => messages.at(-1), { timeout: 10_000 })
    .toBe('The local Temporal server ended 6 times in a minute and is not restarted again.');
  expect(restarts).toBe(5);
  expect(messages).toContain('The local Temporal server could not be restarted: the port is taken');
});
