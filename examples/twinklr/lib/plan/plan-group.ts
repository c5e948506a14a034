import { quantile } from 'simple-statistics';
import type { Beat, Effect, Group, GroupIdeas, GroupPlan, Line, MacroPlan, Role } from '../shapes.js';
import { choose } from './random.js';

export type GroupTask = {
  readonly group: Group;
  readonly macro: MacroPlan;
  readonly beats: readonly Beat[];
  readonly lines: readonly Line[];
  readonly seed: number;
  /** Those of a model; what it has none for is decided here. */
  readonly ideas?: GroupIdeas | null;
};

type Idea = GroupIdeas['sections'][number];
type Section = MacroPlan['sections'][number];
type Span = { readonly start_ms: number; readonly end_ms: number };
type Job = {
  readonly task: GroupTask;
  readonly section: Section;
  readonly index: number;
  readonly idea: Idea | undefined;
};

/** Groups that do not lead step back. */
const STEP_BACK = 0.6;
const FOLLOW: Readonly<Record<Role, (job: Job) => readonly Effect[]>> = { bed, rhythm, accent, words };

/** What the models of one group do, section by section. */
export function planGroup(task: GroupTask): GroupPlan {
  const effects = task.macro.sections.flatMap((section, index) => {
    const idea = task.ideas?.sections.find((each) => each.section === index + 1);
    return FOLLOW[task.group.role]({ task, section, index, idea });
  });
  return { group: task.group, effects };
}

/** One long glow on every model for the section. */
function bed(job: Job): readonly Effect[] {
  const { group, seed } = job.task;
  const name = job.idea?.effect ?? choose(['Color Wash', 'On', 'Twinkle'], seed, group.id, job.index);
  const colour = job.idea?.colour ?? choose([0, 1], seed, group.id, job.index, 'colour');
  return group.models.map((model) => effectOf(job, { model, name, colour, ...spanOf(job.section) }));
}

/** From model to model with the beats; in driving sections all of them on the loud ones. */
function rhythm(job: Job): readonly Effect[] {
  const { group, seed } = job.task;
  const backwards = job.idea?.backwards ?? choose([false, true], seed, group.id, job.index);
  const { effect: name = 'SingleStrand' } = job.idea ?? {};
  const models = backwards ? group.models.toReversed() : group.models;
  const strong = strongBeats(job.task.beats);
  return beatsIn(job).flatMap((beat, index) => {
    const turn = models[index % models.length] ?? '';
    const together = job.section.level === 'driving' && strong(beat);
    return (together ? models : [turn]).map((model) =>
      effectOf(job, { model, name, colour: job.idea?.colour ?? index % 2, ...spanOf(beat) }),
    );
  });
}

/** Only the loud beats, and only where it is not calm. */
function accent(job: Job): readonly Effect[] {
  if (job.section.level === 'calm') return [];
  const { effect: name = 'Shockwave', colour = 2 } = job.idea ?? {};
  const strong = strongBeats(job.task.beats);
  return beatsIn(job)
    .filter(strong)
    .flatMap((beat) =>
      job.task.group.models.map((model) => effectOf(job, { model, name, colour, ...spanOf(beat) })),
    );
}

/** The lines that begin in the section; where nobody sings, a figure. */
function words(job: Job): readonly Effect[] {
  const { group, lines, seed } = job.task;
  const { start_ms, end_ms } = job.section;
  const sung = lines.filter((line) => line.start_ms >= start_ms && line.start_ms < end_ms);
  const overlapped = lines.some((line) => line.start_ms < start_ms && line.end_ms > start_ms);
  if (sung.length > 0 || overlapped) {
    return group.models.flatMap((model) =>
      sung.map((line) => effectOf(job, { model, name: 'Text', colour: 2, text: line.text, ...spanOf(line) })),
    );
  }
  const name = job.idea?.effect ?? choose(['Spirals', 'Color Wash', 'Twinkle'], seed, group.id, job.index);
  const { colour = 0 } = job.idea ?? {};
  return group.models.map((model) => effectOf(job, { model, name, colour, ...spanOf(job.section) }));
}

function effectOf(
  { section, task }: Job,
  what: Omit<Effect, 'intensity' | 'text'> & { readonly text?: string },
): Effect {
  const leads = section.lead === task.group.role;
  return { text: null, ...what, intensity: section.intensity * (leads ? 1 : STEP_BACK) };
}

function beatsIn({ section, task }: Job): readonly Beat[] {
  return task.beats.filter((beat) => beat.start_ms >= section.start_ms && beat.start_ms < section.end_ms);
}

/** Among the loudest quarter of all beats. */
function strongBeats(beats: readonly Beat[]): (beat: Beat) => boolean {
  const limit = quantile(
    beats.map((beat) => beat.loudness),
    0.75,
  );
  return (beat) => beat.loudness >= limit;
}

function spanOf({ start_ms, end_ms }: Span): Span {
  return { start_ms, end_ms };
}
