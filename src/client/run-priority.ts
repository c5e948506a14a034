import type { Priority } from '@temporalio/common';
import type { RunInput } from '../engine/run-input.js';
import { resolveTemplate } from '../expressions/template.js';
import type { Json } from '../shared/json.js';
import { ClientError } from './client-error.js';

/** Temporal's limit for a fairness key. */
const LONGEST_KEY_BYTES = 64;

/**
 * Where a run stands beside others: activities and child workflows take it over from the run. Without anything said runs
 * share workers fairly by pipeline. Throws `invalid_inputs` when the fairness key cannot be computed.
 */
export function priorityOf(input: RunInput, own?: number): Priority {
  const { priority = own, fairness } = { ...input.plan, ...(own === undefined ? {} : { priority: own }) };
  return {
    ...(priority === undefined ? {} : { priorityKey: priority }),
    fairnessKey: shortened(fairnessKey(input)),
    ...(fairness === undefined || fairness.weight === null ? {} : { fairnessWeight: fairness.weight }),
  };
}

function fairnessKey({ plan, inputs, variables, mode }: RunInput): string {
  const template = plan.fairness?.key ?? null;
  if (template === null) return plan.pipeline;
  const run = { pipeline: plan.pipeline, version: plan.version, mode };
  try {
    // Nothing has run: what the check of definitions lets through reads nothing else.
    const scope = { inputs, variables, stages: {}, state: {}, metrics: {}, run };
    return text(resolveTemplate(template, scope as Parameters<typeof resolveTemplate>[1]).value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ClientError(
      'invalid_inputs',
      `The fairness key of "${plan.pipeline}" cannot be computed: ${reason}`,
      {
        hint: '`fairness.key` of the definition says how it is made of inputs and variables.',
        cause: error,
      },
    );
  }
}

function text(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function shortened(key: string): string {
  let short = key;
  while (Buffer.byteLength(short) > LONGEST_KEY_BYTES) short = [...short].slice(0, -1).join('');
  return short;
}
