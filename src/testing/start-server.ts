import { TestWorkflowEnvironment } from '@temporalio/testing';
import { grpcInterceptors } from '../client/grpc-interceptors.js';
import { freePorts } from '../client/temporal-server/ports.js';
import { findProcesses } from '../client/temporal-server/processes.js';

type LocalOptions = NonNullable<Parameters<typeof TestWorkflowEnvironment.createLocal>[0]>;
type Client = Pick<LocalOptions, 'client'>;
type DevServer = Client & Pick<NonNullable<LocalOptions['server']>, 'extraArgs' | 'log'>;

/** The SDK gives a server five seconds, which a busy machine may not have for it. */
const STARTS = 5;

const CLOSING = {
  name: 'calls-end-with-their-connection',
  configureConnection: <T>(options: T) => ({ ...options, interceptors: grpcInterceptors() }),
};

/** Starts the time-skipping server of this path. */
export function startTimeSkippingServer(path: string, client: Client = {}): Promise<TestWorkflowEnvironment> {
  return startPatiently((port) =>
    TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path }, port },
      plugins: [CLOSING],
      ...client,
    }),
  );
}

/** Starts the development server of this path. */
export function startDevServer(
  path: string,
  { client, ...server }: DevServer = {},
): Promise<TestWorkflowEnvironment> {
  return startPatiently((port) =>
    TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'existing-path', path }, port, ...server },
      plugins: [CLOSING],
      ...(client === undefined ? {} : { client }),
    }),
  );
}

/** Starts a server on a port of its own, and another one when it comes up too late. The late one is ended. */
export async function startPatiently<T>(
  start: (port: number) => Promise<T>,
  starts: number = STARTS,
): Promise<T> {
  const [port = 0] = await freePorts(1);
  try {
    return await start(port);
  } catch (error) {
    for (const pid of await serversOn(port)) endQuietly(pid);
    if (starts <= 1 || !isLate(error)) throw error;
    return startPatiently(start, starts - 1);
  }
}

/** Pids of the test servers and development servers that were told to listen on a port. */
export function serversOn(port: number): Promise<readonly number[]> {
  return findProcesses(
    (command) => /test-?server|temporal/i.test(command) && command.split(' ').includes(String(port)),
  );
}

export function endQuietly(pid: number): void {
  try {
    process.kill(pid);
  } catch {
    // It has ended already.
  }
}

function isLate(error: unknown): boolean {
  return error instanceof Error && error.message.includes('did not start within');
}
