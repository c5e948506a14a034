import { type BlobStore, StoreError } from '../blob-store.js';
import { book, type Booked, EMPTY_LEDGER, type Entry, type Ledger } from './ledger.js';

/** A page of the book: all that was booked until then. Pages are numbered without a gap. */
type Page = { readonly number: number; readonly ledger: Ledger };

type Waiting = {
  readonly entry: Entry;
  readonly resolve: (booked: Booked) => void;
  readonly reject: (error: unknown) => void;
};

/** Older pages are removed; those who read meanwhile find the newest one still there. */
const KEPT_PAGES = 16;

/**
 * A ledger that all processes share which share the store. Whoever books writes the page after the newest, which only one
 * can: so no two book on the same state, and nothing depends on clocks or on who dies when. Entries that come while a
 * page is written go together onto the next.
 */
export class SpendBook {
  readonly #store: BlobStore;
  readonly #folder: string;
  #page: Page | null = null;
  #waiting: Waiting[] = [];
  #isWriting = false;

  /** `folder` is the prefix of its pages and ends in `/`. */
  constructor(store: BlobStore, folder: string) {
    this.#store = store;
    this.#folder = folder;
  }

  /** Resolves when it is in the store. Throws a {@link StoreError} when the store cannot be used. */
  add(entry: Entry): Promise<Booked> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      if (!this.#isWriting) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        // oxlint-disable-next-line no-await-in-loop -- each page stands on the one before
        const booked = await this.#bookAll(batch.map(({ entry }) => entry));
        for (const [index, one] of booked.entries()) batch[index]?.resolve(one);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isWriting = false;
  }

  async #bookAll(entries: readonly Entry[]): Promise<readonly Booked[]> {
    const known = this.#page;
    if (known !== null) {
      const { ledger, booked } = book(known.ledger, entries);
      // What is refused by what was last read may have become possible since.
      if (ledger !== known.ledger && booked.every(({ ok }) => ok) && (await this.#put(known, ledger)))
        return booked;
    }
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- others have written a page meanwhile
      const newest = await this.#read();
      const { ledger, booked } = book(newest.ledger, entries);
      // oxlint-disable-next-line no-await-in-loop
      if (ledger === newest.ledger || (await this.#put(newest, ledger))) return booked;
    }
  }

  /** Whether the page was written and is the newest. */
  async #put({ number }: Page, ledger: Ledger): Promise<boolean> {
    const page = { number: number + 1, ledger };
    if (!(await this.#store.putIfAbsent(this.#key(page.number), Buffer.from(JSON.stringify(ledger))))) {
      return false;
    }
    const numbers = await this.#numbers();
    // Only where the newest page was so long ago that the ones after it are removed again is it not this one.
    if (numbers.at(-1) !== page.number) return false;
    this.#page = page;
    for (const old of numbers.filter((other) => other <= page.number - KEPT_PAGES)) {
      // oxlint-disable-next-line no-await-in-loop -- one, as a rule
      await this.#store.delete(this.#key(old));
    }
    return true;
  }

  async #read(): Promise<Page> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- again where it was removed meanwhile
      const number = (await this.#numbers()).at(-1);
      if (number === undefined) return { number: 0, ledger: EMPTY_LEDGER };
      // oxlint-disable-next-line no-await-in-loop
      const data = await this.#store.get(this.#key(number)).catch(nullWhenMissing);
      if (data === null) continue;
      this.#page = { number, ledger: JSON.parse(data.toString('utf8')) as Ledger };
      return this.#page;
    }
  }

  async #numbers(): Promise<readonly number[]> {
    const keys = await this.#store.list(this.#folder);
    return keys.map((key) => Number(key.slice(this.#folder.length)));
  }

  #key(number: number): string {
    return `${this.#folder}${String(number).padStart(10, '0')}`;
  }
}

function nullWhenMissing(error: unknown): null {
  if (error instanceof StoreError && error.code === 'missing') return null;
  throw error;
}
