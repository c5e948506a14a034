/** The window of time that a run of a backfill is for, as `run.partition`. Times are ISO 8601 in UTC. */
export type Partition = {
  readonly start: string;
  /** The first instant that no longer belongs to it. */
  readonly end: string;
  /** Names it within its pipeline, such as `2024-03-01`. */
  readonly key: string;
  /** Position in the range of the backfill, from 0. */
  readonly index: number;
};

/** `run.partition` of a run that belongs to no backfill. */
export const NO_PARTITION: { readonly [K in keyof Partition]: null } = {
  start: null,
  end: null,
  key: null,
  index: null,
};

/** The part of the workflow ID after the pipeline's name with which every run of a partition begins. */
export const PARTITION_RUN_PREFIX = 'backfill-';
