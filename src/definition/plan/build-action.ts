import type { HttpRequestPlan, ProbeTarget, StageAction } from '../../engine/plan.js';
import { hasExpression } from '../../expressions/inspect.js';
import { parseDuration } from '../../shared/duration.js';
import { assertNever } from '../../shared/assert-never.js';
import type { StageEntry } from '../draft.js';
import type { StageDefinition } from '../schema/stage-schema.js';
import { buildApproval } from './build-approval.js';
import { buildCanary } from './build-canary.js';

/** What a checked stage does. Only called once the definition has no errors. */
export function buildAction(entry: StageEntry, pipelineKeys: ReadonlyMap<string, string>): StageAction {
  const { data, kind } = entry;
  if (kind === null) throw new Error(`Stage "${data.id}" has no kind.`);
  switch (kind) {
    case 'uses':
      return { kind, uses: data.uses ?? '', with: data.with ?? {} };
    case 'run':
      return buildRun(data);
    case 'http':
      return { kind, request: buildRequest(data.http) };
    case 'pipeline':
      return {
        kind,
        pipeline: pipelineKeys.get(data.pipeline ?? '') ?? data.pipeline ?? '',
        with: data.with ?? {},
      };
    case 'gate':
      return { kind, checks: data.gate?.checks ?? [], min_pass_rate: data.gate?.min_pass_rate ?? 1 };
    case 'set':
      return { kind, output: data.set?.output ?? null, state: data.set?.state ?? {} };
    case 'sleep':
      return { kind, duration: buildSleep(data.sleep ?? 0) };
    case 'until':
      return { kind, time: data.until ?? '' };
    case 'wait_for':
      return buildWait(data.wait_for);
    case 'approval':
      return { kind, approval: buildApproval(data.approval) };
    case 'canary':
      return { kind, canary: buildCanary(data.canary) };
    default:
      return assertNever(kind);
  }
}

function buildRun(data: StageDefinition): StageAction {
  const grace = data.grace === undefined ? null : parseDuration(data.grace);
  return {
    kind: 'run',
    command: data.run ?? [],
    env: data.env ?? {},
    cwd: data.cwd ?? null,
    grace_ms: grace ?? 10_000,
  };
}

function buildRequest(http: StageDefinition['http']): HttpRequestPlan {
  const expected = http?.expected_status ?? [];
  return {
    method: http?.method ?? 'GET',
    url: http?.url ?? '',
    headers: http?.headers ?? {},
    query: http?.query ?? {},
    ...(http?.body === undefined ? {} : { body: http.body }),
    expected_status: typeof expected === 'number' ? [expected] : expected,
    response: http?.response ?? 'auto',
  };
}

function buildSleep(sleep: string | number): string | number {
  if (typeof sleep === 'string' && hasExpression(sleep)) return sleep;
  return parseDuration(sleep) ?? 0;
}

function buildWait(wait: StageDefinition['wait_for']): StageAction {
  const every = parseDuration(wait?.every);
  const timeout = parseDuration(wait?.timeout);
  return {
    kind: 'wait_for',
    target: buildTarget(wait),
    every_ms: every ?? 30_000,
    wait_timeout_ms: timeout ?? 86_400_000,
  };
}

function buildTarget(wait: StageDefinition['wait_for']): ProbeTarget {
  if (wait?.uses !== undefined) return { type: 'uses', uses: wait.uses, with: wait.with ?? {} };
  if (wait?.pipeline === undefined) return { type: 'file', file: wait?.file ?? '' };
  return { type: 'pipeline', pipeline: wait.pipeline, max_age_ms: parseDuration(wait.max_age) };
}
