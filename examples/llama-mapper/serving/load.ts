import autocannon from 'autocannon';
import { answeredLabel, expectedLabel } from '../lib/open-model.js';
import type { Answer } from '../lib/answers.js';
import type { ModelKind } from '../lib/model-file.js';
import type { DataRecord } from '../lib/records.js';

export type LoadOptions = {
  readonly router: string;
  readonly service: string;
  readonly kind: ModelKind;
  /** Messages with known answers, sent one after the other and then again. */
  readonly records: readonly DataRecord[];
  /** Requests a second, over all connections. */
  readonly rate: number;
  /**
   * At most so many requests at once. Enough of them that requests which wait for a slow version do not keep the others
   * from being sent. @default 200
   */
  readonly connections?: number;
  /** @default until it is stopped */
  readonly seconds?: number;
  /** Of how many answers the router is told whether they were right, as people would tell it. @default 0.5 */
  readonly feedbackShare?: number;
};

export type LoadReport = {
  readonly requests: number;
  readonly per_second: number;
  /** Answers other than 2xx, broken connections and time-outs. */
  readonly failed: number;
  readonly latency_ms: { readonly p50: number; readonly p97_5: number; readonly p99: number };
  readonly by_version: Readonly<Record<string, number>>;
};

export type Load = { stop(): Promise<LoadReport>; readonly done: Promise<LoadReport> };

const CONNECTIONS = 200;
/** As long as anybody would want; the load is stopped before. */
const FOR_EVER_SECONDS = 7 * 24 * 3600;

/** How many people seem to send messages; each is a sticky key. */
const PEOPLE = 997;

/** Sends messages to a service at a steady rate, and tells the router which answers were right. */
export function startLoad(options: LoadOptions): Load {
  const { records, kind, feedbackShare = 0.5 } = options;
  const byVersion = new Map<string, number>();
  const judgements = new Set<Promise<unknown>>();
  const asked = new WeakMap<object, DataRecord>();
  let [sent, answered] = [0, 0];
  const request: autocannon.Request = {
    method: 'POST',
    setupRequest: (template, connection) => {
      const record = records[sent % records.length];
      if (record !== undefined) asked.set(connection, record);
      const headers = { 'content-type': 'application/json', 'x-sticky-key': `person-${sent % PEOPLE}` };
      sent += 1;
      return {
        ...template,
        headers,
        body: JSON.stringify({ text: record?.text, findings: record?.findings }),
      };
    },
    onResponse: (status, body, connection, headers) => {
      const [version, record] = [versionOf(headers), asked.get(connection)];
      if (version === undefined || record === undefined) return;
      byVersion.set(version, (byVersion.get(version) ?? 0) + 1);
      answered += 1;
      if (status !== 200 || !isChosen(answered, feedbackShare)) return;
      const answer: Answer = JSON.parse(body);
      const correct = answeredLabel(answer) === expectedLabel(kind, record.code);
      const judgement = judge(options, { version, correct });
      judgements.add(judgement);
      void judgement.finally(() => judgements.delete(judgement));
    },
  };
  const { instance, result } = start({
    url: `${options.router}/${options.service}`,
    connections: options.connections ?? CONNECTIONS,
    overallRate: options.rate,
    duration: options.seconds ?? FOR_EVER_SECONDS,
    requests: [request],
  });
  const done = result.then(async (measured) => {
    await Promise.all(judgements);
    return reportOf(measured, byVersion);
  });
  return {
    done,
    stop: () => {
      instance.stop();
      return done;
    },
  };
}

function start(options: autocannon.Options): {
  instance: autocannon.Instance;
  result: Promise<autocannon.Result>;
} {
  let settle: (error: unknown, result: autocannon.Result) => void = () => undefined;
  const result = new Promise<autocannon.Result>((resolve, reject) => {
    settle = (error, measured) => (error instanceof Error ? reject(error) : resolve(measured));
  });
  return { instance: autocannon(options, (error, measured) => settle(error, measured)), result };
}

function isChosen(count: number, share: number): boolean {
  return Math.floor(count * share) > Math.floor((count - 1) * share);
}

async function judge({ router, service }: LoadOptions, feedback: object): Promise<void> {
  // Feedback that gets lost is less feedback, and no reason to stop the load.
  await fetch(`${router}/routes/${service}/feedback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(feedback),
  }).catch(() => undefined);
}

function versionOf(headers: unknown): string | undefined {
  return headers instanceof Object && 'x-model-version' in headers
    ? String(headers['x-model-version'])
    : undefined;
}

function reportOf(result: autocannon.Result, byVersion: ReadonlyMap<string, number>): LoadReport {
  const { p50, p97_5, p99 } = result.latency;
  return {
    requests: result['2xx'] + result.non2xx,
    per_second: result.requests.average,
    failed: result.non2xx + result.errors + result.timeouts,
    latency_ms: { p50, p97_5, p99 },
    by_version: Object.fromEntries([...byVersion].toSorted(([a], [b]) => a.localeCompare(b))),
  };
}
