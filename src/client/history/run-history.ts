import type { Client } from '@temporalio/client';
import { refusal } from '../grpc-errors.js';
import { type AnomalyReport, findAnomalies } from './anomalies.js';
import { type HistoryItem, historyItem } from './history-item.js';
import { type PipelineOutlook, pipelineOutlook } from './pipeline-outlook.js';
import { type HistoryFilter, type PastRuns, readRuns } from './read-runs.js';
import { type MetricsPeriod, type RunMetrics, runMetrics } from './run-metrics.js';
import { type RunReport, runReport } from './run-report.js';

/**
 * What past runs tell, from Temporal's own records: lists of runs and what each left in its memo. Nothing is kept
 * elsewhere, so it reaches back as far as the namespace keeps runs.
 */
export class RunHistory {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Past runs, latest start first. */
  async runs(filter: HistoryFilter = {}): Promise<readonly HistoryItem[]> {
    return (await this.#read(filter)).runs.map(historyItem);
  }

  /** Rates, percentiles, waits, retries and counters of runs and their stages. */
  async metrics(filter: HistoryFilter = {}): Promise<RunMetrics> {
    return runMetrics(await this.#read(filter), periodOf(filter));
  }

  /** What is unusual among them. */
  async anomalies(filter: HistoryFilter = {}): Promise<AnomalyReport> {
    return findAnomalies(await this.#read(filter), periodOf(filter));
  }

  /** All of the above for one time, with its days and its last run. */
  async report(filter: HistoryFilter = {}): Promise<RunReport> {
    return runReport(await this.#read(filter), periodOf(filter));
  }

  /** What was last and what comes next of a pipeline. */
  async outlook(pipeline: string): Promise<PipelineOutlook> {
    return this.#asking(() => pipelineOutlook(this.#client, pipeline));
  }

  #read(filter: HistoryFilter): Promise<PastRuns> {
    return this.#asking(() => readRuns(this.#client, filter));
  }

  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw refusal(error, this.#client.options.namespace);
    }
  }
}

function periodOf({ pipeline, from, to }: HistoryFilter): MetricsPeriod {
  return {
    pipeline: pipeline ?? null,
    from: from?.toISOString() ?? null,
    to: to?.toISOString() ?? null,
  };
}
