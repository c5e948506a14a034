import type { Command } from 'commander';
import type { ApprovalItem } from '../../approvals/list-approvals.js';
import type { CliContext } from '../context.js';
import { formatTable } from '../output.js';
import { addConnectionOptions, type ConnectionFlags } from '../runs/connection-options.js';

type ApprovalsFlags = ConnectionFlags & { readonly pipeline?: string };

const EXAMPLES = `
With RUN it shows each question of that run with the evidence, the fields that an approver may give, and who has decided
what; with STAGE also one that is decided.

Examples:
  sluice approvals
  sluice approvals ship-model
  sluice approvals --pipeline ship-model
  sluice approvals --json | jq -r '.approvals[] | [.workflow_id, .stage] | @tsv'`;

/** `sluice approvals`: what waits for people, over all runs. */
export function registerApprovals(program: Command, cli: CliContext): void {
  const command = program
    .command('approvals')
    .summary('all that waits for approval')
    .description('Lists the stages of all runs that wait for approval, the longest wait first.')
    .argument('[run]', 'show what this run asks: workflow ID, run ID, or pipeline')
    .argument('[stage]', 'only this stage')
    .option('--pipeline <name>', 'only runs of this pipeline')
    .addHelpText('after', EXAMPLES);
  addConnectionOptions(command).action(async (run, stage, flags: ApprovalsFlags) => {
    if (run !== undefined) {
      const { printQuestions } = await import('../runs/print-questions.js');
      return printQuestions(cli, { run, stage, flags });
    }
    const { withSession } = await import('../runs/session.js');
    const { pipeline } = flags;
    const approvals = await withSession(cli, { flags }, ({ client }) =>
      client.approvals(pipeline === undefined ? {} : { pipeline }),
    );
    if (cli.isJson) cli.json({ approvals });
    else await printApprovals(cli, approvals);
  });
}

async function printApprovals(cli: CliContext, approvals: readonly ApprovalItem[]): Promise<void> {
  if (approvals.length === 0) return cli.note('Nothing waits for approval.');
  const { duration } = await import('../../render/wording.js');
  const { oneLine } = await import('../../render/printable.js');
  const now = Date.now();
  const rows = approvals.map((item) => {
    const { approvers, approved_by, required, times_out_at } = item;
    const left = approvers.filter((name) => !approved_by.includes(name));
    return [
      oneLine(item.workflow_id),
      oneLine(item.stage),
      oneLine(item.message),
      duration(now - Date.parse(item.since)),
      times_out_at === null ? '' : duration(Date.parse(times_out_at) - now),
      oneLine(approvers.length === 0 ? 'anyone' : left.join(', ')),
      `${approved_by.length} of ${required}`,
    ];
  });
  const columns = [
    { title: 'Run' },
    { title: 'Stage' },
    { title: 'Question', width: 40 },
    { title: 'Waits', align: 'right' as const },
    { title: 'Left', align: 'right' as const },
    { title: 'For' },
    { title: 'Approved' },
  ];
  cli.print(formatTable(columns, rows, cli.colours.stdout));
}
