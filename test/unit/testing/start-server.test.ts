import { expect, test } from 'vitest';
import { startPatiently } from '../../../src/testing/start-server.js';

const LATE = new Error(
  'Failed to start ephemeral server: ephemeral server at 127.0.0.1:1 did not start within 5s.',
);

/** Starts that fail with these errors, one after the other, and then succeed. */
function failing(...errors: readonly Error[]) {
  const ports: number[] = [];
  const start = (port: number): Promise<number> => {
    const error = errors[ports.length];
    ports.push(port);
    return error === undefined ? Promise.resolve(port) : Promise.reject(error);
  };
  return { ports, start };
}

test('a server that comes up too late is started again, on another port', async () => {
  const { ports, start } = failing(LATE, LATE);
  const port = await startPatiently(start);
  expect(ports).toEqual([expect.any(Number), expect.any(Number), port]);
  expect(new Set(ports).size).toBe(3);
});

test('a server that is late each time is given up with what the SDK says', async () => {
  const { ports, start } = failing(LATE, LATE, LATE);
  await expect(startPatiently(start, 2)).rejects.toThrow(LATE);
  expect(ports).toHaveLength(2);
});

test('a server that cannot be started is not started again', async () => {
  const { ports, start } = failing(new Error('No such file'));
  await expect(startPatiently(start)).rejects.toThrow('No such file');
  expect(ports).toHaveLength(1);
});
