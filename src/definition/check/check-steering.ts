import { parseDuration } from '../../shared/duration.js';
import type { Draft, StageEntry } from '../draft.js';
import { allStages } from '../draft.js';
import type { Path, Reporter } from '../reporter.js';

type Deadline = StageEntry['data']['deadline'];

/** Checks what `deadline` and `hold_on_failure` say beyond the form of their keys. */
export function checkSteering(draft: Draft, reporter: Reporter): void {
  checkDeadline(draft.header.deadline, [], null, reporter);
  for (const { data, path, label } of allStages(draft)) {
    checkDeadline(data.deadline, path, label, reporter);
    const hold = data.hold_on_failure;
    if (typeof hold !== 'object' || hold.on_timeout === undefined || hold.timeout !== undefined) continue;
    const message = '`hold_on_failure.on_timeout` goes only with `hold_on_failure.timeout`';
    const place = [...path, 'hold_on_failure', 'on_timeout'];
    reporter.report({ code: 'key-not-for-kind', path: place, key: true, message, stage: label });
  }
}

function checkDeadline(deadline: Deadline, at: Path, stage: string | null, reporter: Reporter): void {
  if (typeof deadline !== 'object') return;
  if ((deadline.after === undefined) === (deadline.at === undefined)) {
    const isNone = deadline.after === undefined;
    const message = `\`deadline\` must have one of: after, at; it has ${isNone ? 'none' : 'both'}`;
    const path = [...at, 'deadline'];
    reporter.report({ code: isNone ? 'missing-key' : 'wrong-value', path, message, stage });
  }
  if (deadline.warn_before === undefined || deadline.after === undefined) return;
  const after = parseDuration(deadline.after);
  const warn = parseDuration(deadline.warn_before);
  if (after === null || warn === null || warn < after) return;
  const message = `\`deadline.warn_before\` must be shorter than \`deadline.after\` (${deadline.after}), got ${deadline.warn_before}`;
  reporter.report({ code: 'wrong-value', path: [...at, 'deadline', 'warn_before'], message, stage });
}
