/** What one source said about a version. */
export type KpiReading = {
  /** Null when it has no value for the version. */
  readonly value: number | null;
  /** Of how many samples it is made; null when the source does not tell. */
  readonly samples: number | null;
  /** Why there is no value. */
  readonly error?: string;
};

/** A KPI of both versions over the same window, as `sluice.canary_measure` returns them in the order of the KPIs. */
export type KpiMeasurement = {
  readonly name: string;
  readonly candidate: KpiReading;
  readonly baseline: KpiReading;
};
