import stringWidth from 'string-width';
import { drawCounts, idWidthOf } from './draw-counts.js';
import { type Canvas, drawStage } from './draw-stage.js';
import { drawWaves } from './draw-waves.js';
import { fit, oneLine } from './printable.js';
import { isFinal, type RunModel, type StageView } from './run-model.js';
import { duration } from './wording.js';

/** Above this many stages, waves are shown by their counts, and only stages that need attention by name. */
const MOST_LINES = 40;
/** Lines around the stages: title, counts, and one that keeps the cursor on screen. */
const FRAME_LINES = 4;

/** Draws a run as it stands. Never more lines than the canvas has rows. */
export function drawRun(model: RunModel, canvas: Canvas): string {
  const { run } = model;
  if (run === null) return canvas.colours.dim(quietWords(model) ?? 'waiting for a worker to take the run…');
  const stages = [...model.stages.values()];
  const room = Math.max(3, canvas.rows - FRAME_LINES);
  const groups = model.waves().length + (model.hooks().length > 0 ? 1 : 0);
  const isSmall = stages.length <= MOST_LINES && stages.length + groups <= room;
  const body = isSmall ? drawAll(model, canvas) : drawWaves(model, canvas, room);
  return [drawTitle(model, canvas), ...body, ...drawFooter(model, stages, canvas)].join('\n');
}

function drawTitle(model: RunModel, canvas: Canvas): string {
  const { colours, columns, now } = canvas;
  const { run } = model;
  if (run === null) return '';
  const time = duration(
    run.ended_at === null ? Math.max(0, now - Date.parse(run.started_at)) : run.total_duration_ms,
  );
  const name = oneLine(run.pipeline);
  const rest = fit(
    ` ${oneLine(run.version)} · ${oneLine(run.workflow_id)}`,
    columns - stringWidth(name) - time.length - 3,
  );
  const gap = ' '.repeat(Math.max(2, columns - stringWidth(name) - stringWidth(rest) - time.length - 1));
  return `${colours.bold(name)}${colours.dim(rest)}${gap}${time}`;
}

function drawAll(model: RunModel, canvas: Canvas): readonly string[] {
  const { colours } = canvas;
  const idWidth = idWidthOf(model.stages.values(), canvas);
  const groups: (readonly [string, readonly StageView[]])[] = model
    .waves()
    .map(([wave, stages]) => [`wave ${wave}`, stages] as const);
  const hooks = model.hooks();
  if (hooks.length > 0) groups.push(['after the end', hooks]);
  return groups.flatMap(([title, stages], index) => {
    const isLast = index === groups.length - 1;
    const isOver = stages.every(isFinal);
    const indent = colours.dim(isLast ? '   ' : '│  ');
    const head = `${colours.dim(isLast ? '└─' : '├─')} ${isOver ? colours.dim(title) : title}`;
    return [head, ...stages.map((stage) => drawStage(stage, canvas, { indent, idWidth }))];
  });
}

function drawFooter(model: RunModel, stages: readonly StageView[], canvas: Canvas): readonly string[] {
  const quiet = quietWords(model);
  const counts = drawCounts(stages, canvas);
  return quiet === null ? [counts] : [counts, canvas.colours.yellow(quiet)];
}

function quietWords(model: RunModel): string | null {
  if (model.quiet === 'worker') return 'no worker answers at the moment; the run goes on when one does';
  return model.quiet === 'server' ? 'the Temporal server does not answer at the moment' : null;
}
