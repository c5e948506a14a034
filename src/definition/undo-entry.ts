import { isJsonObject, type Json } from '../shared/json.js';
import type { StageEntry } from './draft.js';

/** What may take back the work of a stage. */
export const UNDO_KINDS = ['uses', 'run', 'http'] as const;

/** The `undo` of a stage as a stage of its own, so that it is checked and built like one; null without an `undo`. */
export function undoEntry(entry: StageEntry): StageEntry | null {
  const { undo, id } = entry.data;
  if (undo === undefined) return null;
  const written: Json = entry.raw['undo'] ?? {};
  const raw = isJsonObject(written) ? written : {};
  const kinds = UNDO_KINDS.filter((key) => Object.hasOwn(raw, key));
  return {
    data: { id, ...undo },
    raw,
    path: [...entry.path, 'undo'],
    label: entry.label,
    list: entry.list,
    kind: kinds.length === 1 ? (kinds[0] ?? null) : null,
  };
}
