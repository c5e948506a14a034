import type { Json, JsonObject } from '../shared/json.js';
import type { ArtifactRef } from '../shared/task.js';
import { IndexSet, type IndexRange } from './index-ranges.js';
import { firstFailures, type ItemLedger, type PartAt, partsOver } from './map-ledger.js';
import type { MapCollect } from './map-plan.js';
import type { ChunkResult, ItemCounts } from './map-shard.js';
import type { FailedItem } from './result.js';

/** What is known of all items of a map so far, in a form that travels into the next history of its coordinator. */
export type CarriedTotals = {
  readonly counts: ItemCounts;
  readonly done: readonly IndexRange[];
  readonly failed: readonly IndexRange[];
  readonly failed_items: readonly FailedItem[];
  readonly pieces: readonly OutputPiece[];
  readonly parts: readonly PartAt[];
  readonly state: JsonObject;
  readonly metrics: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly artifacts: readonly ArtifactRef[];
  readonly patches?: readonly PartAt[];
};

/** Outputs of the items of these ranges, in order of position. */
type OutputPiece = { readonly done: readonly IndexRange[]; readonly outputs: readonly Json[] };

/** Most artifacts of items that a stage's result lists. */
const MOST_ARTIFACTS = 1_000;

/** Adds up what the parts of a map report. */
export class MapTotals {
  readonly #done: IndexSet;
  readonly #failed: IndexSet;
  #failedItems: readonly FailedItem[];
  readonly #pieces: OutputPiece[];
  readonly #parts: PartAt[];
  /** Lines that take the place of empty ones in parts: results of items that were held. */
  readonly #patches: PartAt[];
  /** Of an earlier run, with results of items that this one never got to. */
  #earlierParts: readonly PartAt[] = [];
  readonly #artifacts: ArtifactRef[];
  readonly #counts: { -readonly [K in keyof ItemCounts]: number };
  readonly state: Record<string, Json>;
  readonly metrics: Record<string, number>;
  readonly versions: Record<string, string>;

  constructor(carried?: CarriedTotals) {
    this.#done = new IndexSet(carried?.done);
    this.#failed = new IndexSet(carried?.failed);
    this.#failedItems = carried?.failed_items ?? [];
    this.#pieces = [...(carried?.pieces ?? [])];
    this.#parts = [...(carried?.parts ?? [])];
    this.#patches = [...(carried?.patches ?? [])];
    this.#artifacts = [...(carried?.artifacts ?? [])];
    this.#counts = { succeeded: 0, reused: 0, failed: 0, skipped: 0, ...carried?.counts };
    this.state = { ...carried?.state };
    this.metrics = { ...carried?.metrics };
    this.versions = { ...carried?.versions };
  }

  /** Adds what became of items that were held, after the rest of their chunk. */
  addLate({ part, ...result }: ChunkResult): void {
    if (part !== null) this.#patches.push(part);
    this.add({ ...result, part: null });
  }

  add(result: ChunkResult): void {
    const { counts } = result;
    this.#counts.succeeded += counts.succeeded;
    this.#counts.reused += counts.reused;
    this.#counts.failed += counts.failed;
    this.#counts.skipped += counts.skipped;
    for (const [from, to] of result.done) this.#done.addRange(from, to);
    for (const [from, to] of result.failed) this.#failed.addRange(from, to);
    this.#failedItems = firstFailures([this.#failedItems, result.failed_items]);
    if (result.outputs !== null) this.#pieces.push({ done: result.done, outputs: result.outputs });
    if (result.part !== null) this.#parts.push(result.part);
    this.#artifacts.push(...result.artifacts.slice(0, MOST_ARTIFACTS - this.#artifacts.length));
    Object.assign(this.state, result.state);
    Object.assign(this.versions, result.versions);
    for (const [name, amount] of Object.entries(result.metrics)) {
      this.metrics[name] = (this.metrics[name] ?? 0) + amount;
    }
  }

  /** Takes over what an earlier run did of items that nobody got to in this one, so that the next run has it too. */
  takeOver(reuse: ItemLedger, collect: MapCollect): void {
    const taken = new IndexSet();
    const isKnown = collect === 'count' || (collect === 'file' && reuse.parts !== undefined);
    let position = 0;
    for (const [from, to] of reuse.done) {
      for (let index = from; index < to; index++, position++) {
        const output = reuse.outputs?.[position];
        if (this.#done.has(index) || this.#failed.has(index) || (!isKnown && output === undefined)) continue;
        taken.add(index);
        if (collect !== 'count' && output !== undefined)
          this.#pieces.push({ done: [[index, index + 1]], outputs: [output] });
      }
    }
    this.#counts.reused += taken.size;
    for (const [from, to] of taken.ranges) this.#done.addRange(from, to);
    this.#earlierParts = partsOver(reuse.parts ?? [], taken);
  }

  get counts(): ItemCounts {
    return { ...this.#counts };
  }

  get failedItems(): readonly FailedItem[] {
    return this.#failedItems;
  }

  get artifacts(): readonly ArtifactRef[] {
    return this.#artifacts;
  }

  /** Pieces of the collected file, in input order. */
  get parts(): readonly PartAt[] {
    return this.#parts.toSorted((a, b) => a.first - b.first);
  }

  get patches(): readonly PartAt[] {
    return this.#patches;
  }

  /** Results in input order, null for items that are not done. */
  list(total: number): readonly Json[] {
    const list = Array.from<unknown, Json>({ length: total }, () => null);
    for (const { done, outputs } of this.#pieces) {
      let position = 0;
      for (const [from, to] of done) {
        for (let index = from; index < to; index++) list[index] = outputs[position++] ?? null;
      }
    }
    return list;
  }

  /** What a later run can go on from. `withOutputs: false` where the stage's own output holds them. */
  ledger(total: number | null, withOutputs: boolean): ItemLedger {
    const done = this.#done.ranges;
    const outputs = withOutputs && this.#pieces.length > 0 ? this.#outputsOf(done) : null;
    const parts = [...this.parts, ...this.#patches, ...this.#earlierParts];
    return {
      total,
      done,
      failed: this.#failed.ranges,
      outputs,
      ...(parts.length === 0 ? {} : { parts }),
    };
  }

  carry(): CarriedTotals {
    return {
      counts: this.counts,
      done: this.#done.ranges,
      failed: this.#failed.ranges,
      failed_items: this.#failedItems,
      pieces: this.#pieces,
      parts: this.#parts,
      state: this.state,
      metrics: this.metrics,
      versions: this.versions,
      artifacts: this.#artifacts,
      ...(this.#patches.length === 0 ? {} : { patches: this.#patches }),
    };
  }

  #outputsOf(done: readonly IndexRange[]): readonly Json[] {
    const list = this.list(done.at(-1)?.[1] ?? 0);
    return done.flatMap(([from, to]) => list.slice(from, to));
  }
}
