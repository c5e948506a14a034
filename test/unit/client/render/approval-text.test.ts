import { expect, it } from 'vitest';
import { approvalText } from '../../../../src/client/render/approval-text.js';
import type { Approval } from '../../../../src/engine/approval.js';
import type { StageStatus } from '../../../../src/engine/result.js';
import { at, START } from '../../../support/a-run.js';

const approval: Approval = {
  message: 'Ship?\u001b[31m\n',
  approvers: ['ada', 'bob'],
  required: 2,
  since: at(0),
  times_out_at: at(3_600),
  on_timeout: 'reject',
  evidence: { accuracy: 0.97 },
  fields: {
    traffic: { type: 'integer', required: true, minimum: 1, description: 'Percent' },
    region: { type: 'string', required: false, default: 'eu', enum: ['eu', 'us'] },
  },
  decisions: [{ by: 'ada', decision: 'approve', at: at(5), comment: 'fine', via: 'update', verified: false }],
  decided_by: null,
};

function text(changes: Partial<Approval> = {}, status: StageStatus = 'awaiting_approval'): string {
  return approvalText({ status, approval: { ...approval, ...changes } }, START);
}

it('shows the question with its evidence, what may be given, and who has decided', () => {
  expect(text()).toBe(`Ship?

Evidence
  {
    "accuracy": 0.97
  }

Fields
  traffic: integer, required, minimum 1. Percent
  region: string, default "eu", enum ["eu","us"]

ada approved at ${at(5)}: fine

waits for approval by bob (1 of 2), times out in 1h`);
});

it('cuts evidence that nobody reads on a terminal, and leaves out what is not there', () => {
  const long = text({ evidence: 'x'.repeat(5_000), fields: {}, decisions: [] });
  expect(long).toContain('… 1002 more characters');
  expect(long.length).toBeLessThan(4_300);
  expect(text({ evidence: null, fields: {} }, 'succeeded')).toBe(`Ship?\n\nada approved at ${at(5)}: fine`);
});
