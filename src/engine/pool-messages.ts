import type { PoolSpec } from './stage-extras.js';

/** One execution of a workflow that asks a pool for slots. Another execution of the same ID is another holder. */
export type PoolHolder = { readonly workflow_id: string; readonly run_id: string };

/** A wish for slots. Times are milliseconds since the epoch. */
export type PoolRequest = {
  /** Unique within the holder; asking twice with the same ID is asking once. */
  readonly id: string;
  /** What the slots are for, shown to people. */
  readonly stage: string;
  readonly slots: number;
  /** The part of the rate that it counts for; empty where there is one for all. */
  readonly key: string;
  /** 1 goes first, 5 goes last. */
  readonly priority: number;
  /** Decides its place in the line. */
  readonly asked_at: number;
};

/** A pool's settings as its holder knows them; those of the latest `as_of` hold. */
export type PoolSettings = PoolSpec & { readonly as_of: number };

/** What a holder tells a pool, all at once. Safe to be told twice. */
export type PoolAsk = {
  readonly holder: PoolHolder;
  readonly settings: PoolSettings;
  readonly requests: readonly PoolRequest[];
  /** IDs of requests that are no longer needed, granted or not. */
  readonly releases: readonly string[];
  /** Keys that nobody may use before a time, because a service said so. */
  readonly closes: ReadonlyArray<{ readonly key: string; readonly until: number }>;
  /** Requests that the holder knows to be granted; told to a pool that may have lost them. */
  readonly holds: readonly PoolRequest[];
};

/** What a pool tells a holder. */
export type PoolAnswer = {
  readonly pool: string;
  readonly granted: readonly string[];
  /** The holder is to say again what it holds and what it waits for. */
  readonly restate?: boolean;
};

/** The only argument of the `pool` workflow. */
export type PoolInput = {
  readonly pool: string;
  readonly asks: readonly PoolAsk[];
  /** Set by continue-as-new only. */
  readonly book?: PoolBookState;
};

type HolderState = {
  readonly holder: PoolHolder;
  readonly granted: ReadonlyArray<PoolRequest & { readonly granted_at: number }>;
  readonly waiting: readonly PoolRequest[];
};

/** All that a pool knows, as it travels into its next history. */
export type PoolBookState = {
  readonly settings: PoolSettings;
  readonly holders: readonly HolderState[];
  readonly closed: ReadonlyArray<readonly [key: string, until: number]>;
  readonly windows: ReadonlyArray<readonly [key: string, starts: ReadonlyArray<readonly [number, number]>]>;
};

/** How a pool stands, for people. Times are ISO 8601 in UTC. */
export type PoolView = {
  readonly pool: string;
  readonly slots: number | null;
  readonly rate: { readonly limit: number; readonly per_ms: number } | null;
  /** Slots that are taken now. */
  readonly taken: number;
  readonly holders: readonly PoolHolding[];
  readonly waiting_count: number;
  /** The first of those who wait, next one first. */
  readonly waiting: readonly PoolWaiting[];
  /** Keys that are closed because a service asked for it, or because their rate is used up. */
  readonly closed: ReadonlyArray<{
    readonly key: string;
    readonly until: string;
    readonly reason: 'asked' | 'rate';
  }>;
};

export type PoolHolding = {
  readonly workflow_id: string;
  readonly run_id: string;
  readonly stage: string;
  readonly slots: number;
  readonly key: string;
  readonly since: string;
};

export type PoolWaiting = PoolHolding & {
  /** From 1: who is served next. */
  readonly position: number;
  readonly priority: number;
};
