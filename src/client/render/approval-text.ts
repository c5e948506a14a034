import { evidenceText, fieldWords } from '../../engine/approval-question.js';
import type { Approval, ApprovalDecision } from '../../engine/approval.js';
import type { StageStatus } from '../../engine/result.js';
import { oneLine, printable } from './printable.js';
import { awaitWords } from './wording.js';

/** A question with all that somebody needs to answer it: evidence, fields, and who has decided what. */
export function approvalText(
  { status, approval }: { readonly status: StageStatus; readonly approval: Approval },
  now: number,
): string {
  const { message, evidence, fields, decisions } = approval;
  const shown = evidenceText(evidence);
  const takes = Object.entries(fields).map(
    ([name, spec]) => `${oneLine(name)}: ${oneLine(fieldWords(spec))}`,
  );
  const parts = [
    [printable(message.trim())],
    shown === null ? [] : ['Evidence', ...indented(printable(shown).split('\n'))],
    takes.length === 0 ? [] : ['Fields', ...indented(takes)],
    decisions.map(decisionWords),
    status === 'awaiting_approval' ? [awaitWords({ approval }, now)] : [],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function decisionWords({ by, decision, at, comment }: ApprovalDecision): string {
  const why = comment === null ? '' : `: ${oneLine(comment)}`;
  return `${oneLine(by)} ${decision === 'approve' ? 'approved' : 'rejected'} at ${at}${why}`;
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
