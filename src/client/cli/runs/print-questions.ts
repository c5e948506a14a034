import type { Approval } from '../../../engine/approval.js';
import type { RunStatus, StageStatus } from '../../../engine/result.js';
import { shellWord } from '../../../shared/shell-word.js';
import { ClientError } from '../../client-error.js';
import { approvalText } from '../../render/approval-text.js';
import { oneLine } from '../../render/printable.js';
import type { SluiceClient } from '../../sluice-client.js';
import { unknownStage } from '../../unknown-stage.js';
import type { CliContext } from '../context.js';
import type { ConnectionFlags } from './connection-options.js';
import { withSession } from './session.js';
import { ensureAnswer } from './steer.js';

type QuestionsRequest = {
  readonly run: string;
  /** Shown also when it is decided. */
  readonly stage: string | undefined;
  readonly flags: ConnectionFlags;
};

type Question = {
  readonly stage: string;
  readonly status: StageStatus;
  readonly approval: Approval;
};

/** Does what `sluice approvals RUN` promises: each question of one run with all that is needed to answer it. */
export async function printQuestions(
  cli: CliContext,
  { run, stage, flags }: QuestionsRequest,
): Promise<void> {
  await withSession(cli, { flags }, async (session) => {
    const handle = await session.find(run);
    await ensureAnswer(session, handle);
    const { workflowId: workflow_id, runId: run_id } = handle;
    const questions = questionsIn(await handle.status({ outputs: false }), stage);
    for (const question of cli.isJson ? [] : questions) printQuestion(cli, workflow_id, question);
    if (cli.isJson) {
      const approvals = questions.map(({ approval, ...question }) => ({ ...question, ...approval }));
      cli.json({ workflow_id, run_id, approvals });
    }
    if (questions.length === 0) cli.note(await nothingWords(session.client, workflow_id));
  });
}

function questionsIn(run: RunStatus, wanted: string | undefined): readonly Question[] {
  const { stages, item_approvals: inItems = {}, workflow_id } = run;
  const questions: readonly Question[] = [
    ...Object.entries(stages).flatMap(([stage, { status, approval }]) =>
      approval === undefined ? [] : [{ stage, status, approval }],
    ),
    ...Object.entries(inItems).map(([stage, approval]) => ({
      stage,
      status: 'awaiting_approval' as const,
      approval,
    })),
  ];
  if (wanted === undefined) return questions.filter(({ status }) => status === 'awaiting_approval');
  const asked = questions.filter(({ stage }) => stage === wanted);
  if (asked.length > 0) return asked;
  if (stages[wanted] === undefined)
    throw unknownStage(`The run "${workflow_id}"`, wanted, [...Object.keys(stages), ...Object.keys(inItems)]);
  throw new ClientError('refused', `Stage "${wanted}" of "${workflow_id}" has asked nobody for approval.`, {
    hint: `See what it does with: sluice why ${shellWord(workflow_id)} ${shellWord(wanted)}`,
  });
}

function printQuestion(cli: CliContext, workflowId: string, question: Question): void {
  const { stage, status, approval } = question;
  const { bold, dim } = cli.colours.stdout;
  cli.print(
    `${bold(oneLine(workflowId))}  ${bold(oneLine(stage))}\n\n${approvalText(question, Date.now())}\n`,
  );
  if (status !== 'awaiting_approval') return;
  const needed = Object.entries(approval.fields).filter(([, { required }]) => required);
  const fields = needed.map(([name, { type }]) => ` --field ${name}=${type.toUpperCase()}`).join('');
  cli.print(dim(`sluice approve ${shellWord(workflowId)} ${shellWord(stage)}${fields}\n`));
}

async function nothingWords(client: SluiceClient, workflowId: string): Promise<string> {
  const [child] = await client.approvals({ parent: workflowId });
  if (child === undefined) return `Nothing of "${workflowId}" waits for approval.`;
  return `Its child run waits for approval: sluice approvals ${shellWord(child.workflow_id)} ${shellWord(child.stage)}`;
}
