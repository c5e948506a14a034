import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { describe, expect, it } from 'vitest';
import { workflowBundlePath } from '../../src/worker/workflow-bundle.js';
import { SCENARIOS, WORKFLOWS } from './scenarios.js';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const FOLDER = fileURLToPath(new URL('histories', import.meta.url));
const versions = await readdir(FOLDER);

/** A child's ID is made from its parent's, so a history is replayed under the ID that it was recorded with. */
const workflowIdOf = (file: string): string => {
  const name = file.replace('.json', '');
  return WORKFLOWS[name]?.id ?? `example/${name}`;
};

describe.each(versions)('histories recorded by version %s', async (version) => {
  const files = await readdir(join(FOLDER, version));

  it('hold every scenario', () => {
    expect(files.toSorted()).toEqual(
      Object.keys({ ...SCENARIOS, ...WORKFLOWS })
        .map((name) => `${name}.json`)
        .toSorted(),
    );
  });

  it.each(files)('replay on the code of today: %s', async (file) => {
    const history: unknown = JSON.parse(await readFile(join(FOLDER, version, file), 'utf8'));
    const workflowBundle = { codePath: await workflowBundlePath() };
    await expect(
      Worker.runReplayHistory({ workflowBundle }, history, workflowIdOf(file)),
    ).resolves.toBeUndefined();
  });

  it('fail to replay when their stages are swapped, so that a replay proves something', async () => {
    const text = await readFile(join(FOLDER, version, 'chain-and-outputs.json'), 'utf8');
    const swapped: unknown = JSON.parse(text.replaceAll('"activityId": "a"', '"activityId": "z"'));
    const workflowBundle = { codePath: await workflowBundlePath() };
    await expect(Worker.runReplayHistory({ workflowBundle }, swapped)).rejects.toThrow(
      DeterminismViolationError,
    );
  });
});
