import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { StageMetrics } from '../activities/stage-metrics.js';

/** Stage metrics for Prometheus, with the registry that serves them. */
export function createPrometheusMetrics(): { readonly registry: Registry; readonly metrics: StageMetrics } {
  const registry = new Registry();
  const registers = [registry];
  const duration = new Histogram({
    name: 'sluice_stage_duration_seconds',
    help: 'How long attempts of stages took.',
    labelNames: ['pipeline', 'stage', 'status'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200],
    registers,
  });
  const attempts = new Counter({
    name: 'sluice_stage_attempts_total',
    help: 'Attempts of stages that this worker began.',
    labelNames: ['pipeline', 'stage'],
    registers,
  });
  const running = new Gauge({
    name: 'sluice_stages_running',
    help: 'Attempts of stages that run on this worker now.',
    registers,
  });
  const metrics: StageMetrics = {
    started: (task) => {
      const labels = { pipeline: task.run.pipeline, stage: task.stage.id };
      const begin = performance.now();
      attempts.inc(labels);
      running.inc();
      return (status) => {
        running.dec();
        duration.observe({ ...labels, status }, (performance.now() - begin) / 1000);
      };
    },
  };
  return { registry, metrics };
}
