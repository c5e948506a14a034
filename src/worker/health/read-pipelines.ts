import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { EndedRun, OpenRun, PipelineFacts } from '../../engine/health/facts.js';
import { readWatch, type RunWatch } from '../../engine/health/watch.js';
import { summaryIn } from '../../engine/run-summary.js';
import { NOTHING_AWAITED, PIPELINE_WORKFLOW, SEARCH_ATTRIBUTE } from '../../shared/names.js';
import { keywordOf, listedStatus, quote } from '../visibility.js';

/** The part of a Temporal client that lists runs. */
export type RunLister = { readonly workflow: Pick<Client['workflow'], 'list'> };

/** A pipeline as its runs show it, and what its last run says should be watched. */
export type WatchedPipeline = {
  readonly facts: PipelineFacts;
  readonly watch: RunWatch;
  /** Queues that its open runs need, for their own steps and for stages. */
  readonly queues: { readonly runs: readonly string[]; readonly stages: readonly string[] };
};

export type ReadPipelinesOptions = {
  /** Pipelines that are looked at even though no run of them is known. */
  readonly known: readonly string[];
  /** Only these. @default all that have runs, and those known */
  readonly only?: readonly string[];
  /** How many ended runs of each tell its rate and duration, and how far back they are looked for. */
  readonly runs: number;
  readonly windowMs: number;
  readonly now: Date;
};

/** Bounds of what is read, so that a namespace with a million runs costs what a small one does. */
const MOST_OPEN = 2_000;
const MOST_PIPELINES = 500;
const AT_ONCE = 5;
/** Small, since runs carry their summaries along. */
const NAMES_PER_PAGE = 40;

/**
 * How pipelines do, from visibility alone: no history is read. One page of open runs for all, then for each pipeline one
 * page of ended ones, and one more where none of these succeeded.
 */
export async function readPipelines(
  client: RunLister,
  options: ReadPipelinesOptions,
): Promise<{ readonly pipelines: readonly WatchedPipeline[]; readonly gaps: readonly string[] }> {
  const open = await readAll(client, `${RUNS} AND ExecutionStatus = 'Running'`, MOST_OPEN);
  const byPipeline = groupByPipeline(open);
  const names = options.only ?? (await namesOf(client, [...options.known, ...byPipeline.keys()]));
  const shown = [...new Set(names)].toSorted().slice(0, MOST_PIPELINES);
  const pipelines: WatchedPipeline[] = [];
  for (let start = 0; start < shown.length; start += AT_ONCE) {
    const some = shown.slice(start, start + AT_ONCE);
    // A few at a time, so that a look at a hundred pipelines is no burst for the server.
    // oxlint-disable-next-line no-await-in-loop
    const read = await Promise.all(
      some.map((name) => readPipeline(client, name, byPipeline.get(name) ?? [], options)),
    );
    pipelines.push(...read);
  }
  const gaps = [
    ...(open.length < MOST_OPEN
      ? []
      : [`More than ${MOST_OPEN} runs go on; only the latest were looked at.`]),
    ...(names.length <= MOST_PIPELINES
      ? []
      : [`Only ${MOST_PIPELINES} of ${names.length} pipelines were looked at.`]),
  ];
  return { pipelines, gaps };
}

const RUNS = `WorkflowType = ${quote(PIPELINE_WORKFLOW)}`;

/** All pipelines with runs: each question leaves out those found before, until nothing is left. */
async function namesOf(client: RunLister, known: readonly string[]): Promise<readonly string[]> {
  const names = new Set(known.filter((name) => name !== ''));
  for (;;) {
    const others =
      names.size === 0
        ? ''
        : ` AND ${SEARCH_ATTRIBUTE.pipeline} NOT IN (${[...names].map(quote).join(', ')})`;
    // Each question depends on the answer before.
    // oxlint-disable-next-line no-await-in-loop
    const page = await readAll(
      client,
      `${RUNS} AND ${SEARCH_ATTRIBUTE.pipeline} IS NOT NULL${others}`,
      NAMES_PER_PAGE,
    );
    for (const info of page) names.add(pipelineOf(info));
    if (page.length < NAMES_PER_PAGE || names.size > MOST_PIPELINES) return [...names];
  }
}

function groupByPipeline(
  open: readonly WorkflowExecutionInfo[],
): ReadonlyMap<string, readonly WorkflowExecutionInfo[]> {
  const groups = new Map<string, WorkflowExecutionInfo[]>();
  for (const info of open) {
    const group = groups.get(pipelineOf(info));
    if (group === undefined) groups.set(pipelineOf(info), [info]);
    else group.push(info);
  }
  return groups;
}

async function readPipeline(
  client: RunLister,
  pipeline: string,
  open: readonly WorkflowExecutionInfo[],
  { runs, windowMs, now }: ReadPipelinesOptions,
): Promise<WatchedPipeline> {
  const own = `${RUNS} AND ${SEARCH_ATTRIBUTE.pipeline} = ${quote(pipeline)}`;
  const closed = `${own} AND ExecutionStatus NOT IN ('Running', 'ContinuedAsNew')`;
  const infos = await readAll(client, closed, runs);
  const all = infos.map(endedRun).toSorted((a, b) => b.ended_at.localeCompare(a.ended_at));
  const since = new Date(now.getTime() - windowMs).toISOString();
  const ended = all.filter(({ ended_at }, i) => i === 0 || ended_at >= since);
  const last_success = all.find(isSuccess) ?? (all.length < runs ? null : await lastSuccess(client, own));
  const latest = [...open, ...infos].toSorted((a, b) => b.startTime.getTime() - a.startTime.getTime())[0];
  const watch = readWatch(latest?.memo);
  const max_age_ms = watch.max_age_ms ?? null;
  const queues = {
    runs: [...new Set(open.map(({ taskQueue }) => taskQueue))],
    stages: [...new Set(open.flatMap(({ memo }) => readWatch(memo).task_queues ?? []))],
  };
  return { watch, queues, facts: { pipeline, ended, open: open.map(openRun), last_success, max_age_ms } };
}

async function lastSuccess(client: RunLister, own: string): Promise<EndedRun | null> {
  const [info] = await readAll(client, `${own} AND ExecutionStatus = 'Completed'`, 1);
  return info === undefined ? null : endedRun(info);
}

async function readAll(
  client: RunLister,
  query: string,
  most: number,
): Promise<readonly WorkflowExecutionInfo[]> {
  const infos: WorkflowExecutionInfo[] = [];
  try {
    for await (const info of client.workflow.list({ query, pageSize: Math.min(most, 1_000) })) {
      infos.push(info);
      if (infos.length >= most) break;
    }
  } catch (error) {
    // Before the first run of a namespace the server does not know the names of search attributes.
    if (!isUnknownAttribute(error)) throw error;
  }
  return infos;
}

/** By its words, since the connections of clients and of workers fail in different ways. */
function isUnknownAttribute(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const text = 'details' in error ? `${error.message} ${String(error.details)}` : error.message;
  return text.includes('is not a valid search attribute') || isUnknownAttribute(error.cause);
}

function isSuccess({ status }: EndedRun): boolean {
  return status === 'succeeded';
}

function endedRun(info: WorkflowExecutionInfo): EndedRun {
  const end = info.closeTime ?? info.startTime;
  const status = listedStatus(info);
  // A run that went on in a new history began before this one did.
  const duration_ms = summaryIn(info.memo)?.ms ?? end.getTime() - info.startTime.getTime();
  return {
    workflow_id: info.workflowId,
    run_id: info.runId,
    status: status === 'running' || status === 'queued' ? 'cancelled' : status,
    started_at: new Date(end.getTime() - duration_ms).toISOString(),
    ended_at: end.toISOString(),
    duration_ms,
  };
}

function openRun(info: WorkflowExecutionInfo): OpenRun {
  const { deadline_ms, deadline_at = null } = readWatch(info.memo);
  const awaiting = keywordOf(info, SEARCH_ATTRIBUTE.awaiting);
  return {
    workflow_id: info.workflowId,
    run_id: info.runId,
    status: listedStatus(info) === 'queued' ? 'queued' : 'running',
    started_at: info.startTime.toISOString(),
    is_awaiting: awaiting !== null && awaiting !== NOTHING_AWAITED,
    deadline_at:
      deadline_ms === undefined
        ? deadline_at
        : new Date(info.startTime.getTime() + deadline_ms).toISOString(),
  };
}

function pipelineOf(info: WorkflowExecutionInfo): string {
  return keywordOf(info, SEARCH_ATTRIBUTE.pipeline) ?? info.workflowId.split('/')[0] ?? info.workflowId;
}
