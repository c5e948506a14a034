import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { freePorts, LOOPBACK } from './ports.js';
import { isHealthy } from './server-readiness.js';

/** In the folder of the test server: its classes as Java has them in memory, which saves most of the time of a start. */
export const ARCHIVE = 'classes.jsa';

const DRAFT = 'classes.draft';
const PATIENCE_MS = 120_000;
const ASK_MS = 1_000;
/** Java's own exit code after the hooks that write the archive. */
const ENDED_BY_SIGTERM = 143;

/**
 * Runs the test server once, with Java writing the archive when it ends. Without one the server starts all the same, so
 * nothing is said where this Java cannot write it (before 13) or does not get that far.
 */
export async function archiveClasses(folder: string, script: string): Promise<void> {
  const [port = 0] = await freePorts(1);
  const options = process.env['JAVA_TOOL_OPTIONS'] ?? '';
  const server = execa(script, [String(port)], {
    env: { JAVA_TOOL_OPTIONS: `${options} -XX:ArchiveClassesAtExit=${DRAFT}` },
    reject: false,
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
    stdio: 'ignore',
  });
  const ended = server.then(() => true);
  while (!(await Promise.race([isHealthy(`${LOOPBACK}:${port}`, ASK_MS), ended]))) continue;
  server.kill('SIGTERM');
  const { exitCode } = await server;
  // Half an archive, of a server that did not end by itself, would crash Java.
  if (exitCode === ENDED_BY_SIGTERM)
    await rename(join(folder, DRAFT), join(folder, ARCHIVE)).catch(() => undefined);
  await rm(join(folder, DRAFT), { force: true });
}
