import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type BlobStore, StoreError } from './blob-store.js';

/** What a lease tells those who wait for it. */
export type LeaseHolder = { readonly workflow_id: string; readonly stage: string };

export type LeaseOptions = {
  readonly holder: LeaseHolder;
  readonly signal: AbortSignal;
  /** Called once when somebody else holds it. */
  readonly onWait?: (other: LeaseHolder) => void;
  /** How often the holder says that it lives. @default 3000 */
  readonly beatMs?: number;
  /** A holder that said nothing for so long is dead. @default 15000 */
  readonly staleMs?: number;
  /** How often those who wait look. @default 250 */
  readonly pollMs?: number;
};

export interface Lease {
  /** Lets the next one have it. */
  release(): Promise<void>;
}

/** What was last seen of somebody else's lease, and since when. */
type Seen = { readonly text: string; readonly since: number };

type LeaseFile = { readonly nonce: string; readonly beat: number; readonly holder: LeaseHolder };

/**
 * Waits until this process alone holds the key, among all that share the store. Nobody's clock is trusted: a holder is
 * dead when its lease was the same for `staleMs` on the clock of the one who waits. After such a death two may hold
 * it for a moment in the worst case, so what is done under a lease must be safe to do twice.
 */
export async function acquireLease(store: BlobStore, key: string, options: LeaseOptions): Promise<Lease> {
  const { holder, signal, onWait, staleMs = 15_000, pollMs = 250 } = options;
  const nonce = randomUUID();
  const file = (beat: number): Buffer => Buffer.from(JSON.stringify({ nonce, beat, holder }));
  let last: Seen = { text: '', since: 0 };
  for (let look = 0; ; look++) {
    signal.throwIfAborted();
    if (await store.putIfAbsent(key, file(0))) return hold(store, key, { nonce, file, options });
    const text = await readLease(store, key);
    if (text === null) continue;
    // A write whose answer was lost was sent again, and then met itself.
    if (parse(text)?.nonce === nonce) return hold(store, key, { nonce, file, options });
    if (look === 0) onWait?.(holderOf(text));
    const now = performance.now();
    if (text !== last.text) last = { text, since: now };
    else if (now - last.since >= staleMs && (await takeOver(store, key, file(0), pollMs))) {
      return hold(store, key, { nonce, file, options });
    }
    await delay(pollMs, undefined, { signal });
  }
}

/** Several may take over at once: the last one to write has it, which shows after a moment. */
async function takeOver(store: BlobStore, key: string, mine: Buffer, settleMs: number): Promise<boolean> {
  await store.put(key, mine);
  await delay(settleMs);
  return (await readLease(store, key)) === mine.toString();
}

type Held = {
  readonly nonce: string;
  readonly file: (beat: number) => Buffer;
  readonly options: LeaseOptions;
};

function hold(store: BlobStore, key: string, { nonce, file, options }: Held): Lease {
  let beat = 0;
  let beating = Promise.resolve();
  const isMine = async (): Promise<boolean> => {
    const text = await readLease(store, key);
    return text !== null && parse(text)?.nonce === nonce;
  };
  const tick = async (): Promise<void> => {
    if (await isMine()) await store.put(key, file(++beat));
    else clearInterval(timer);
  };
  const timer = setInterval(() => {
    // A beat that fails is made good by the next one; the lease only seems older meanwhile.
    beating = beating.then(tick).catch(() => undefined);
  }, options.beatMs ?? 3000).unref();
  return {
    release: async () => {
      clearInterval(timer);
      await beating;
      if (await isMine()) await store.delete(key);
    },
  };
}

async function readLease(store: BlobStore, key: string): Promise<string | null> {
  try {
    return (await store.get(key)).toString('utf8');
  } catch (error) {
    if (error instanceof StoreError && error.code === 'missing') return null;
    throw error;
  }
}

function parse(text: string): LeaseFile | null {
  try {
    return JSON.parse(text) as LeaseFile | null;
  } catch {
    return null;
  }
}

function holderOf(text: string): LeaseHolder {
  return parse(text)?.holder ?? { workflow_id: 'another run', stage: '' };
}
