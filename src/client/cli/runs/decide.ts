import type { Decision } from '../../../engine/approval.js';
import type { InputSpec } from '../../../engine/plan.js';
import type { DecisionOptions } from '../../approvals/decision.js';
import { ClientError } from '../../client-error.js';
import type { RunHandle } from '../../run-handle.js';
import type { SluiceClient } from '../../sluice-client.js';
import type { CliContext } from '../context.js';
import { parsePair } from '../inputs.js';
import { whoIs } from '../who.js';
import type { ConnectionFlags } from './connection-options.js';
import { withSession } from './session.js';
import { ensureAnswer } from './steer.js';
import { shellWord } from '../../../shared/shell-word.js';

export type DecisionFlags = ConnectionFlags & {
  readonly as?: string;
  readonly comment?: string;
  readonly field?: readonly string[];
};

export type DecisionRequest = {
  readonly run: string;
  readonly stage: string | undefined;
  readonly flags: DecisionFlags;
};

/** Does what `sluice approve` and `sluice reject` promise. */
export async function decide(cli: CliContext, decision: Decision, request: DecisionRequest): Promise<void> {
  const { run, stage, flags } = request;
  const by = whoIs(cli, flags.as);
  await withSession(cli, { flags }, async (session) => {
    const handle = await session.find(run);
    await ensureAnswer(session, handle);
    const fields = await readFields(handle, stage, flags.field ?? []);
    const options: DecisionOptions = {
      as: by,
      ...(stage === undefined ? {} : { stage }),
      ...(flags.comment === undefined ? {} : { comment: flags.comment }),
      fields,
    };
    const answer = await sendDecision(session.client, handle, decision, options);
    const { workflowId: workflow_id, runId: run_id } = handle;
    if (cli.isJson) return cli.json({ workflow_id, run_id, decision, by, ...answer });
    const { approvals, required, status } = answer;
    const open = status === 'awaiting_approval' ? `, ${approvals} of ${required} approvals so far` : '';
    cli.note(
      `${decision === 'approve' ? 'Approved' : 'Rejected'} "${answer.stage}" of "${workflow_id}" as ${by}${open}.`,
    );
    if (session.hasOwnWorker) cli.note(`The run goes on with: sluice watch ${shellWord(workflow_id)}`);
  });
}

async function sendDecision(
  client: SluiceClient,
  run: RunHandle,
  decision: Decision,
  options: DecisionOptions,
) {
  try {
    return await (decision === 'approve' ? run.approve(options) : run.reject(options));
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'refused') throw error;
    const [waiting] = await client.approvals({ parent: run.workflowId });
    if (waiting === undefined) throw error;
    const { workflow_id, stage } = waiting;
    throw new ClientError('refused', error.message, {
      hint: `Its child run waits for approval: sluice ${decision} ${workflow_id} ${stage}`,
      cause: error,
    });
  }
}

/** Field values with the types that the approval asks for. */
async function readFields(run: RunHandle, stage: string | undefined, pairs: readonly string[]) {
  if (pairs.length === 0) return {};
  const { stages } = await run.status({ outputs: false });
  const waiting = Object.entries(stages).filter(([, { status }]) => status === 'awaiting_approval');
  const specs: Readonly<Record<string, InputSpec>> =
    (stage === undefined ? waiting[0]?.[1] : stages[stage])?.approval?.fields ?? {};
  return Object.fromEntries(pairs.map((pair) => parsePair(pair, specs, '--field')));
}
