import { checkBundle, checkDisk, checkNode, checkProtobuf, checkProjectFolder } from './doctor-local.js';
import { checkConfiguredServer } from './doctor-server.js';
import { checkTemporalCli, checkTestServer } from './doctor-tools.js';
import { checkStore } from './doctor-store.js';
import type { Finding } from './finding.js';

export type { Finding } from './finding.js';

export type DiagnoseOptions = {
  /** The project's folder. */
  readonly dir: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
};

/**
 * Looks at everything that a local run needs and says for each what is wrong and how to mend it. Fetches nothing and
 * changes nothing but a probe in the store, which it removes; never throws.
 */
export async function diagnose({ dir, env = process.env }: DiagnoseOptions): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    Promise.resolve(checkNode(process.versions.node)),
    checkTemporalCli({ env }),
    checkTestServer({ env }),
    checkProtobuf(),
    checkConfiguredServer(env),
    checkProjectFolder(dir),
    checkDisk(dir),
    checkStore(dir),
    checkBundle(),
  ]);
  return findings.flat();
}
