import type { FallbackPlan, UndoPlan } from '../../engine/stage-extras.js';
import { parseDuration } from '../../shared/duration.js';
import type { StageEntry } from '../draft.js';
import { undoEntry } from '../undo-entry.js';
import { buildAction } from './build-action.js';

export function buildFallback({ data, raw }: StageEntry): FallbackPlan | null {
  const { fallback } = data;
  if (fallback === undefined) return null;
  if (fallback.uses !== undefined) return { type: 'uses', uses: fallback.uses, with: fallback.with ?? {} };
  const isValue = Object.hasOwn(raw['fallback'] as object, 'value');
  if (isValue) return { type: 'value', value: fallback.value ?? null };
  return { type: 'last_success', max_age_ms: parseDuration(fallback.last_success?.max_age) };
}

export function buildUndo(entry: StageEntry): UndoPlan | null {
  const undo = undoEntry(entry);
  return undo === null ? null : { action: buildAction(undo, new Map()) };
}
