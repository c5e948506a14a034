import type { StageEntry } from '../draft.js';
import type { Reporter } from '../reporter.js';
import { UNDO_KINDS, undoEntry } from '../undo-entry.js';
import { checkKeysOfKind } from './check-kind.js';
import { checkStage } from './check-stage.js';
import type { Names } from './names.js';

const FALLBACKS = ['last_success', 'value', 'uses'] as const;

/** Checks what `fallback` and `undo` of a stage say beyond the form of their keys. */
export function checkRecovery(entry: StageEntry, names: Names, reporter: Reporter): void {
  if (entry.data.fallback !== undefined) checkFallback(entry, reporter);
  const undo = undoEntry(entry);
  if (undo !== null) checkUndo(entry, undo, names, reporter);
}

function checkFallback({ data, raw, path, label }: StageEntry, reporter: Reporter): void {
  const written = Object.keys(raw['fallback'] as object);
  const found = FALLBACKS.filter((key) => written.includes(key));
  if (found.length !== 1) {
    const message = `\`fallback\` must have one of: ${FALLBACKS.join(', ')}; it has ${found.join(', ') || 'none'}`;
    const code = found.length === 0 ? 'no-kind' : 'several-kinds';
    reporter.report({ code, path: [...path, 'fallback'], message, stage: label });
  } else if (data.fallback?.with !== undefined && found[0] !== 'uses') {
    const message = '`fallback.with` goes only with `fallback.uses`';
    const place = [...path, 'fallback', 'with'];
    reporter.report({ code: 'key-not-for-kind', path: place, key: true, message, stage: label });
  }
}

function checkUndo(entry: StageEntry, undo: StageEntry, names: Names, reporter: Reporter): void {
  const { path, label } = undo;
  if (entry.list !== 'stages') {
    const message = `\`undo\` does not fit stages of \`${entry.list}\`, which run after the end`;
    reporter.report({ code: 'key-not-for-kind', path, key: true, message, stage: label });
    return;
  }
  const found = UNDO_KINDS.filter((key) => Object.hasOwn(undo.raw, key));
  if (found.length !== 1) {
    const message = `\`undo\` must have one of: ${UNDO_KINDS.join(', ')}; it has ${found.join(', ') || 'none'}`;
    reporter.report({ code: found.length === 0 ? 'no-kind' : 'several-kinds', path, message, stage: label });
    return;
  }
  if (undo.kind !== null) checkKeysOfKind(undo.kind, { raw: undo.raw, path, label, reporter });
  // Undoing comes after all stages, so what its expressions read makes no dependency.
  checkStage(undo, names, reporter);
}
