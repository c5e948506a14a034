import { oneLine } from '../../render/printable.js';
import type { ContinuationPlan } from '../../resume/plan-continuation.js';
import type { ResumeVerdict, StageVerdict } from '../../resume/verdict.js';
import type { Colours } from '../context.js';
import { formatTable } from '../output.js';

/** The plan of a run that is made from an earlier one, as people read it before it starts. */
export function formatVerdicts(plan: ContinuationPlan, colours: Colours): string {
  const { how, from, stages, removed } = plan;
  const title = `${TITLES[how]} ${colours.bold(oneLine(from.workflow_id))} (${from.status.replace('_', ' ')}), ${countWords(Object.values(stages))}`;
  const rows = Object.entries(stages).map(([id, stage]) => [
    oneLine(id),
    verdictWord(stage.verdict, colours),
    oneLine(stage.detail),
  ]);
  const gone = removed.map((id) => [oneLine(id), colours.dim('gone'), 'the definition no longer has it']);
  const columns = [{ title: 'Stage' }, { title: 'Verdict' }, { title: 'Why' }];
  return `${title}\n\n${formatTable(columns, [...rows, ...gone], colours)}`;
}

const TITLES = { resume: 'Resume of', fork: 'Fork of', rerun: 'Repetition of' } as const;

function countWords(verdicts: readonly StageVerdict[]): string {
  const count = (wanted: ResumeVerdict): number =>
    verdicts.filter(({ verdict }) => verdict === wanted).length;
  return `${count('reuse')} reused, ${count('run')} to run, ${count('skip')} skipped`;
}

function verdictWord(verdict: ResumeVerdict, colours: Colours): string {
  switch (verdict) {
    case 'reuse':
      return colours.green('♻ reuse');
    case 'run':
      return colours.cyan('▶ run');
    case 'skip':
      return colours.dim('↷ skip');
  }
}
