import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { PoolAnswer, PoolAsk, PoolView } from '../../engine/pool-messages.js';

/** A holder tells a pool what it wants and what it gives back. */
export const poolAskSignal = defineSignal<[PoolAsk]>('pool_ask');

/** A pool tells a holder what it was granted. */
export const poolAnswerSignal = defineSignal<[PoolAnswer]>('pool_answer');

/** How a pool stands. */
export const poolQuery = defineQuery<PoolView>('pool');
