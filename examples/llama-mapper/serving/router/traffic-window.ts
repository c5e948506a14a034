import { build, type Histogram } from 'hdr-histogram-js';

export type Kpis = {
  readonly requests: number;
  readonly errors: number;
  readonly error_rate: number;
  readonly latency_ms: { readonly p50: number; readonly p95: number; readonly p99: number };
  readonly feedback: { readonly correct: number; readonly wrong: number; readonly accuracy: number | null };
};

/** The longest window that can be asked for. */
export const LONGEST_WINDOW_SECONDS = 3600;

type Second = { latencies: Histogram | null; errors: number; correct: number; wrong: number };

/** What happened to one version, second by second, so that any window up to {@link LONGEST_WINDOW_SECONDS} can be summed. */
export class TrafficWindow {
  private readonly seconds = new Map<number, Second>();
  private readonly open = new Set<{ readonly since: number }>();
  private readonly now: () => number;

  /** `now`: milliseconds since the epoch. */
  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** A request begins; what is returned is called at its end. */
  begin(): () => void {
    const request = { since: this.now() };
    this.open.add(request);
    return () => this.open.delete(request);
  }

  addRequest(latencyMs: number, isError: boolean): void {
    const second = this.current();
    second.latencies ??= emptyHistogram();
    second.latencies.recordValue(Math.round(Math.min(latencyMs, LONGEST_LATENCY_MS) * PARTS_OF_MS));
    if (isError) second.errors += 1;
  }

  addFeedback(isCorrect: boolean): void {
    const second = this.current();
    if (isCorrect) second.correct += 1;
    else second.wrong += 1;
  }

  kpis(windowSeconds: number): Kpis {
    const from = this.second() - windowSeconds;
    const latencies = emptyHistogram();
    let [errors, correct, wrong] = [0, 0, 0];
    for (const [at, second] of this.seconds) {
      if (at <= from) continue;
      if (second.latencies !== null) latencies.add(second.latencies);
      errors += second.errors;
      correct += second.correct;
      wrong += second.wrong;
    }
    const percentile = (rank: number): number =>
      latencies.totalCount === 0 ? 0 : latencies.getValueAtPercentile(rank) / PARTS_OF_MS;
    this.addSlow(latencies, percentile(95));
    return {
      requests: latencies.totalCount,
      errors,
      error_rate: errors / Math.max(latencies.totalCount, 1),
      latency_ms: { p50: percentile(50), p95: percentile(95), p99: percentile(99) },
      feedback: { correct, wrong, accuracy: correct + wrong === 0 ? null : correct / (correct + wrong) },
    };
  }

  /**
   * Requests under way that have taken longer than nearly all that ended count with the time so far: a version that
   * answers after seconds would else look well until its first answers are there.
   */
  private addSlow(latencies: Histogram, thresholdMs: number): void {
    const now = this.now();
    for (const { since } of this.open) {
      const soFarMs = Math.min(now - since, LONGEST_LATENCY_MS);
      if (soFarMs > thresholdMs) latencies.recordValue(Math.round(soFarMs * PARTS_OF_MS));
    }
  }

  private current(): Second {
    const at = this.second();
    const known = this.seconds.get(at);
    if (known !== undefined) return known;
    const fresh: Second = { latencies: null, errors: 0, correct: 0, wrong: 0 };
    this.seconds.set(at, fresh);
    for (const old of this.seconds.keys()) {
      if (old > at - LONGEST_WINDOW_SECONDS) break; // a Map keeps its order: the rest is younger
      this.seconds.delete(old);
    }
    return fresh;
  }

  private second(): number {
    return Math.floor(this.now() / 1000);
  }
}

const PARTS_OF_MS = 10;
const LONGEST_LATENCY_MS = 60_000;

function emptyHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: true,
    highestTrackableValue: 2,
    numberOfSignificantValueDigits: 2,
  });
}
