import type { Attempt } from './attempt.js';
import type { Environment } from './secrets.js';
import type { Json } from '../shared/json.js';

/** What gives access to Temporal is the worker's own, and never handed to commands. */
const WITHHELD = /^TEMPORAL_(API_KEY|CODEC_AUTH|TLS_.*|GRPC_META_.*)$/i;

/**
 * The environment of a command: the worker's own without its Temporal credentials and without the secrets that the
 * definition names, then the stage's `env` (which may pass secrets on by name), then `SLUICE_*` facts.
 */
export function commandEnvironment(
  attempt: Attempt,
  inherited: Environment,
  given: Readonly<Record<string, Json>>,
  outputFile: string,
): NodeJS.ProcessEnv {
  const { task, ctx } = attempt;
  const hidden = new Set(task.secrets);
  const kept = Object.entries(inherited).filter(([name]) => !hidden.has(name) && !WITHHELD.test(name));
  const added = Object.entries(given).flatMap(([name, value]) =>
    value === null ? [] : [[name, asText(value)]],
  );
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(added),
    SLUICE_OUTPUT: outputFile,
    SLUICE_PIPELINE: task.run.pipeline,
    SLUICE_WORKFLOW_ID: task.run.workflow_id,
    SLUICE_RUN_ID: task.run.id,
    SLUICE_STAGE: task.stage.id,
    SLUICE_ATTEMPT: String(ctx.attempt),
    SLUICE_IDEMPOTENCY_KEY: ctx.idempotencyKey,
  };
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
