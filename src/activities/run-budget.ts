import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { RunFacts } from '../shared/task.js';
import type { BlobStore } from '../storage/blob-store.js';
import { runFolder } from '../storage/run-folder.js';
import { SpendBook } from '../storage/spending/spend-book.js';

/**
 * Something that all stages of a run spend together, such as money: counted in the store, so that it is one count for all
 * workers.
 */
export type RunBudget = {
  /**
   * Sets aside what a call can cost at most, before it is made, if `limit` leaves that much beside what was spent and what
   * other calls have set aside; without a limit always. `before`: what the run is known to have spent anyway.
   */
  reserve(request: {
    readonly most: number;
    readonly limit?: number | undefined;
    readonly before?: number | undefined;
  }): Promise<Reservation>;
};

/** A refused one tells what was spent, and what other calls may take, at that moment. */
export type Reservation =
  | {
      readonly granted: true;
      /** Books what the call did cost. A worker that dies before it leaves the most that it could cost. */
      settle(cost: number): Promise<void>;
    }
  | { readonly granted: false; readonly spent: number; readonly reserved: number };

/** Books of this process by where they lie; one that is opened twice is only slower. */
const books = new WeakMap<BlobStore, LRUCache<string, SpendBook>>();

export function runBudget(store: BlobStore, { workflow_id, id }: RunFacts, name: string): RunBudget {
  const book = bookIn(store, runFolder('budgets', { workflowId: workflow_id, runId: id, stage: name }));
  return {
    reserve: async ({ most, limit = null, before = 0 }) => {
      const reservation = randomUUID();
      const booked = await book.add({ kind: 'reserve', id: reservation, most, limit, before });
      if (!booked.ok) return { granted: false, spent: booked.spent, reserved: booked.reserved };
      const settle = async (cost: number): Promise<void> => {
        await book.add({ kind: 'settle', id: reservation, cost });
      };
      return { granted: true, settle };
    },
  };
}

function bookIn(store: BlobStore, folder: string): SpendBook {
  const open = books.get(store) ?? new LRUCache<string, SpendBook>({ max: 1_000 });
  books.set(store, open);
  const book = open.get(folder) ?? new SpendBook(store, folder);
  open.set(folder, book);
  return book;
}
