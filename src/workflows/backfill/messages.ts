import { defineQuery } from '@temporalio/workflow';
import type { BackfillReport } from '../../engine/backfill.js';

/** `partitions: true` brings the book of all partitions with it. */
export type BackfillStatusOptions = { readonly partitions?: boolean };

/** How a backfill stands, at any time, also after its end. */
export const backfillStatusQuery = defineQuery<BackfillReport, [BackfillStatusOptions?]>('backfill_status');
