import { expect, it } from 'vitest';
import type { CliContext } from '../../../../../src/client/cli/context.js';
import { reportResult } from '../../../../../src/client/cli/runs/report-result.js';
import type { RunResult } from '../../../../../src/engine/result.js';
import { aRunResult } from '../../../../support/a-run.js';
import { plain } from '../../render/a-model.js';

function notesOf(result: RunResult): readonly string[] {
  const notes: string[] = [];
  const cli: Partial<CliContext> = {
    isJson: false,
    colours: { stdout: plain, stderr: plain },
    exitWith: () => undefined,
    note: (text) => void notes.push(text),
  };
  reportResult(cli as CliContext, result, { isTold: false });
  return notes;
}

it('says how to learn more of a run whose stages only a worker knows', () => {
  const lost = aRunResult({}, { status: 'cancelled', success: false });
  expect(notesOf(lost)).toEqual([
    '\nHow far the run came is known to a worker only, and none answers. Start one with: sluice worker. Then ask again.',
    '\n■ market-data cancelled in 10s',
  ]);
});

it('names the command that shows what failed stages wrote, ready to be copied', () => {
  const failed = aRunResult(
    { load: { status: 'failed' } },
    { workflow_id: 'a/b c', failed_stages: ['load'] },
  );
  expect(notesOf(failed)).toContain("\nWhat the stages wrote: sluice logs 'a/b c'");
});
