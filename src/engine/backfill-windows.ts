import type { Partition } from '../shared/partition.js';

/** Windows that follow each other without a gap, as they travel: most of them are as long as the one before. */
export type PackedWindows = {
  /** ISO 8601 in UTC. */
  readonly start: string;
  /** Length in milliseconds, and how many windows in a row have it. */
  readonly lengths: ReadonlyArray<readonly [ms: number, times: number]>;
  readonly keys: readonly string[];
};

/** Packs windows, each of which begins where the one before ends. */
export function packWindows(windows: readonly Omit<Partition, 'index'>[]): PackedWindows {
  const lengths: [number, number][] = [];
  for (const { start, end } of windows) {
    const ms = Date.parse(end) - Date.parse(start);
    const last = lengths.at(-1);
    if (last?.[0] === ms) last[1] += 1;
    else lengths.push([ms, 1]);
  }
  return { start: windows[0]?.start ?? '', lengths, keys: windows.map(({ key }) => key) };
}

/** The windows that {@link packWindows} was given, in order. */
export function unpackWindows({ start, lengths, keys }: PackedWindows): readonly Partition[] {
  const windows: Partition[] = [];
  let at = Date.parse(start);
  for (const [ms, times] of lengths) {
    for (let i = 0; i < times; i += 1) {
      const index = windows.length;
      windows.push({ start: iso(at), end: iso(at + ms), key: keys[index] ?? '', index });
      at += ms;
    }
  }
  return windows;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
