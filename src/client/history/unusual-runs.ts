import type { Anomaly } from './anomalies.js';

/** All that is unusual about one run. */
export type UnusualRun = Pick<Anomaly, 'workflow_id' | 'started_at'> & {
  readonly messages: readonly string[];
};

/** Shown after a run that was slow as a whole; more of its stages say nothing new. */
const MOST_STAGES = 3;

/** Anomalies by run, newest first. Stages of a run whose own time is unusual are named in one line. */
export function unusualRuns(anomalies: readonly Anomaly[]): readonly UnusualRun[] {
  const runs = new Map<string, Anomaly[]>();
  for (const anomaly of anomalies) {
    const list = runs.get(anomaly.run_id);
    if (list === undefined) runs.set(anomaly.run_id, [anomaly]);
    else list.push(anomaly);
  }
  return [...runs.values()].flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    const { workflow_id, started_at } = first;
    return [{ workflow_id, started_at, messages: messagesOf(list) }];
  });
}

function messagesOf(list: readonly Anomaly[]): readonly string[] {
  const stages = list.filter(({ kind }) => kind === 'stage_duration');
  const others = list.filter(({ kind }) => kind !== 'stage_duration').map(({ message }) => message);
  if (stages.length === 0) return others;
  if (!list.some(({ kind }) => kind === 'duration'))
    return [...others, ...stages.map(({ message }) => message)];
  const furthest = stages.toSorted((a, b) => difference(b) - difference(a));
  const named = furthest.slice(0, MOST_STAGES).map(({ stage, ratio }) => `"${stage}"${factor(ratio)}`);
  const more = stages.length > MOST_STAGES ? ` and ${stages.length - MOST_STAGES} more` : '';
  return [...others, `most of it in ${named.join(', ')}${more}`];
}

function difference({ value, usual }: Anomaly): number {
  return Math.abs(value - usual.median);
}

function factor(ratio: number | null): string {
  return ratio === null ? '' : ` (${Number(ratio.toPrecision(2))} times)`;
}
