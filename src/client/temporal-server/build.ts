import { chmod, cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ARCHIVE, archiveClasses } from './archive-classes.js';
import type { OnStep } from './step.js';
import { whileSaying } from './step.js';
import { recipeFolder, TEMPORAL_CLI, TEST_SERVER } from './tools.js';

/** Builds the pinned Temporal CLI with Go into `folder`. Throws when Go is missing or the build fails. */
export async function buildTemporalCli(folder: string, onStep: OnStep): Promise<void> {
  onStep({
    message: `Building Temporal CLI ${TEMPORAL_CLI.version} from source with Go (once; about 3 minutes on two cores)`,
  });
  // The recipe is copied: the package may be installed where nothing can be written.
  const module = join(folder, 'module');
  await cp(recipeFolder('temporal-cli'), module, { recursive: true });
  const target = 'github.com/temporalio/cli/cmd/temporal';
  const version = `-X github.com/temporalio/cli/temporalcli.Version=${TEMPORAL_CLI.version}`;
  await whileSaying(onStep, 'Still building Temporal CLI', () =>
    execa(
      'go',
      ['build', '-trimpath', '-ldflags', `-s -w ${version}`, '-o', join(folder, TEMPORAL_CLI.file), target],
      { cwd: module, env: { GOWORK: 'off' } },
    ),
  );
  await rm(module, { recursive: true });
}

/** Gets the test server's jars with Maven and writes a script that starts it. Throws when Maven or its Java is missing. */
export async function buildTestServer(folder: string, onStep: OnStep): Promise<void> {
  onStep({
    message: `Fetching the Temporal test server ${TEST_SERVER.version} from Maven Central (38 MB, some seconds)`,
  });
  const pom = join(recipeFolder('test-server'), 'pom.xml');
  await whileSaying(onStep, 'Still fetching the Temporal test server', () =>
    execa('mvn', [
      '--batch-mode',
      '--quiet',
      '--file',
      pom,
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${join(folder, 'lib')}`,
    ]),
  );
  const script = join(folder, TEST_SERVER.file);
  await writeFile(script, START_SCRIPT);
  await chmod(script, 0o755);
  await archiveClasses(folder, script);
}

/**
 * Compiling less thoroughly, a simple garbage collector and the archive of its classes bring the server up in well under
 * a second. The archive knows the jars by these relative paths, so it stays valid when the folder is moved.
 */
const START_SCRIPT = `#!/bin/sh
# Starts the Temporal test server on the port given as the first argument.
cd "$(dirname "$0")" || exit
archive=
if [ -r ${ARCHIVE} ]; then archive=-XX:SharedArchiveFile=${ARCHIVE}; fi
exec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC $archive -cp "lib/*" io.temporal.testserver.TestServer "$@"
`;
