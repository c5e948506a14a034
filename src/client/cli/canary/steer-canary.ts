import { canaryWords } from '../../../engine/canary-words.js';
import { shellWord } from '../../../shared/shell-word.js';
import { oneLine } from '../../render/printable.js';
import type { CliContext } from '../context.js';
import { steerOf } from '../runs/steer.js';
import { type CanaryFlags, withCanary } from './with-canary.js';

type Request = {
  readonly run: string;
  readonly flags: CanaryFlags;
  readonly requested: 'promote' | 'abort' | 'pause' | 'resume';
};

const DONE = { promote: 'Promoting', abort: 'Rolling back', pause: 'Paused', resume: 'Resumed' } as const;

/** Does what `sluice canary promote`, `abort`, `pause` and `resume` promise. */
export async function steerCanary(cli: CliContext, { run, flags, requested }: Request): Promise<void> {
  const who = steerOf(cli, flags);
  await withCanary(cli, { run, flags }, async (canary, session) => {
    const isStep = requested === 'promote' && flags.step === true;
    const view = await canary[requested](isStep ? { ...who, step: true } : who);
    if (cli.isJson) return cli.json({ requested, by: who.by, stage: canary.stage, ...view });
    const done = isStep ? 'Took the step as passed of' : DONE[requested];
    cli.note(`${done} "${canary.workflowId}" as ${who.by}: ${oneLine(canaryWords(view))}.`);
    if (session.hasOwnWorker) cli.note(`It goes on with: sluice watch ${shellWord(run)}`);
  });
}
