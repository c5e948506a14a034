import { Connection } from '@temporalio/client';
import { loadConnectionSettings } from '../../worker/connection.js';
import type { ConnectionSettings } from '../../worker/connection.js';
import { missingSearchAttributes, searchAttributesCommand } from '../search-attributes.js';
import { checkSchedules } from './doctor-schedules.js';
import { failure, fine, warning } from './finding.js';
import type { Finding } from './finding.js';
import { reasonOf } from './server-error.js';

const REACH_WITHIN_MS = 3_000;

/** The server that the environment or Temporal's configuration file names, if one does. */
export async function checkConfiguredServer(env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const check = 'temporal_server';
  try {
    const settings = loadConnectionSettings({ env });
    if (settings.configured) return await reach(check, settings);
    return [fine(check, 'No Temporal server is configured: runs use a local one.')];
  } catch (error) {
    return [
      failure(
        check,
        `The Temporal connection settings cannot be read: ${reasonOf(error)}`,
        'Mend the TEMPORAL_* variables or the file that TEMPORAL_CONFIG_FILE names.',
      ),
    ];
  }
}

async function reach(check: string, settings: ConnectionSettings): Promise<readonly Finding[]> {
  const { connectionOptions, namespace } = settings;
  const { address } = connectionOptions;
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: REACH_WITHIN_MS });
    try {
      return await connection.withDeadline(Date.now() + REACH_WITHIN_MS, async () => {
        const { serverVersion } = await connection.workflowService.getSystemInfo({});
        await connection.workflowService.describeNamespace({ namespace });
        const message = `Temporal ${serverVersion} at ${address} answers and has the namespace "${namespace}".`;
        return [
          fine(check, message),
          await checkSearchAttributes(connection, namespace),
          ...(await checkSchedules(connection, namespace)),
        ];
      });
    } finally {
      await connection.close();
    }
  } catch (error) {
    return [
      failure(
        check,
        `The Temporal server at ${address} with the namespace "${namespace}" cannot be used: ${reasonOf(error)}`,
        'Check that it runs and that TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, the key and TLS settings are right, or unset them to use a local server.',
      ),
    ];
  }
}

async function checkSearchAttributes(connection: Connection, namespace: string): Promise<Finding> {
  const check = 'search_attributes';
  const missing = await missingSearchAttributes(connection, namespace);
  if (missing.length === 0)
    return fine(check, `Namespace "${namespace}" lacks no search attribute that is known of.`);
  return warning(
    check,
    `Namespace "${namespace}" lacks the search attributes ${missing.join(', ')}.`,
    `The first run adds them where it may. Otherwise have an administrator run: ${searchAttributesCommand(namespace, missing)}`,
  );
}
