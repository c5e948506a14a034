import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RouteTable } from './route-table.js';
import { TrafficWindow, type Kpis } from './traffic-window.js';

/** From what a healthy answer takes to what a client gives up at. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Everything that is counted, for Prometheus since the start, and for questions about the last seconds. */
export class TrafficLog {
  private readonly registry = new Registry();
  private readonly windows = new Map<string, Map<string, TrafficWindow>>();
  private readonly labelNames = ['service', 'version'] as const;
  private readonly duration = new Histogram({
    name: 'router_request_duration_seconds',
    help: 'Time from the request to the end of the answer',
    labelNames: this.labelNames,
    buckets: BUCKETS,
    registers: [this.registry],
  });
  private readonly requests = new Counter({
    name: 'router_requests_total',
    help: 'Requests by outcome: ok, or error for answers of 500 and above',
    labelNames: [...this.labelNames, 'outcome'] as const,
    registers: [this.registry],
  });
  private readonly feedback = new Counter({
    name: 'router_feedback_total',
    help: 'Answers that were judged correct or wrong',
    labelNames: [...this.labelNames, 'verdict'] as const,
    registers: [this.registry],
  });

  constructor(table: RouteTable) {
    const labelNames = this.labelNames;
    const weights = new Gauge({
      name: 'router_weight_percent',
      help: 'Share of the traffic that a version gets',
      labelNames,
      registers: [],
      collect() {
        this.reset();
        for (const [service, route] of table.entries()) {
          for (const [version, weight] of Object.entries(route.weights))
            this.set({ service, version }, weight);
        }
      },
    });
    this.registry.registerMetric(weights);
  }

  /** A request goes to a version; what is returned is called at its end. */
  begin(service: string, version: string): () => void {
    return this.windowOf(service, version).begin();
  }

  request(service: string, version: string, seen: { readonly ms: number; readonly status: number }): void {
    const isError = seen.status >= 500;
    this.duration.observe({ service, version }, seen.ms / 1000);
    this.requests.inc({ service, version, outcome: isError ? 'error' : 'ok' });
    this.windowOf(service, version).addRequest(seen.ms, isError);
  }

  judged(service: string, version: string, isCorrect: boolean): void {
    this.feedback.inc({ service, version, verdict: isCorrect ? 'correct' : 'wrong' });
    this.windowOf(service, version).addFeedback(isCorrect);
  }

  kpis(service: string, versions: readonly string[], windowSeconds: number): Record<string, Kpis> {
    return Object.fromEntries(
      versions.map((version) => [version, this.windowOf(service, version).kpis(windowSeconds)]),
    );
  }

  prometheus(): Promise<string> {
    return this.registry.metrics();
  }

  private windowOf(service: string, version: string): TrafficWindow {
    const versions = this.windows.get(service) ?? new Map<string, TrafficWindow>();
    const window = versions.get(version) ?? new TrafficWindow();
    this.windows.set(service, versions.set(version, window));
    return window;
  }
}
