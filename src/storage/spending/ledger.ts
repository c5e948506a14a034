/** What a run has spent of something, and what calls that are under way have set aside. */
export type Ledger = {
  readonly spent: number;
  readonly reserved: Readonly<Record<string, number>>;
};

/**
 * - `reserve`: sets `most` aside for a call if `limit`, where there is one, leaves that much. `before`: what is known to be
 *   spent anyway.
 * - `settle`: the call has ended and cost so much.
 */
export type Entry =
  | {
      readonly kind: 'reserve';
      readonly id: string;
      readonly most: number;
      readonly limit: number | null;
      readonly before: number;
    }
  | { readonly kind: 'settle'; readonly id: string; readonly cost: number };

/** What became of an entry; a refused one tells what was spent and set aside when it was. */
export type Booked = { readonly ok: true } | ({ readonly ok: false } & Refusal);

export type Refusal = { readonly spent: number; readonly reserved: number };

export const EMPTY_LEDGER: Ledger = { spent: 0, reserved: {} };

/** Books entries in their order. An entry that is in the ledger already changes nothing. */
export function book(
  ledger: Ledger,
  entries: readonly Entry[],
): { readonly ledger: Ledger; readonly booked: readonly Booked[] } {
  let now = ledger;
  const booked = entries.map((entry): Booked => {
    const refusal = entry.kind === 'reserve' ? refusalOf(now, entry) : null;
    if (refusal !== null) return { ok: false, ...refusal };
    now = after(now, entry);
    return { ok: true };
  });
  return { ledger: now, booked };
}

function refusalOf(
  { spent, reserved }: Ledger,
  { id, most, limit, before }: Extract<Entry, { kind: 'reserve' }>,
): Refusal | null {
  if (limit === null || Object.hasOwn(reserved, id)) return null;
  const open = Object.values(reserved).reduce((sum, amount) => sum + amount, 0);
  const gone = Math.max(spent, before);
  return gone + open + most <= limit ? null : { spent: gone, reserved: open };
}

function after(ledger: Ledger, entry: Entry): Ledger {
  const { spent, reserved } = ledger;
  const isOpen = Object.hasOwn(reserved, entry.id);
  if (entry.kind === 'reserve') {
    return isOpen ? ledger : { spent, reserved: { ...reserved, [entry.id]: entry.most } };
  }
  if (!isOpen) return ledger;
  const { [entry.id]: _settled, ...rest } = reserved;
  return { spent: spent + entry.cost, reserved: rest };
}
