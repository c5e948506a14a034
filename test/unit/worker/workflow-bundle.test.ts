import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundleWithoutStacks } from '../../../src/worker/workflow-bundle.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-bundle-'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

async function bundleOf(code: string): Promise<string> {
  const map = Buffer.from('{"version":3,"file":"b.js","sources":["a.ts"],"mappings":"AAAA"}').toString(
    'base64',
  );
  const path = join(dir, 'bundle.js');
  await writeFile(path, `${code}\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${map}`);
  return (await bundleWithoutStacks(path)).code;
}

it('keeps what workflow code does, and records no stacks in it', async () => {
  const code = await bundleOf('globalThis.answer = 42;\nglobalThis.error = new Error("why");');
  const context = createContext({});
  runInContext(code, context);
  expect(context['answer']).toBe(42);
  expect(context['error'].stack).toBe('Error: why');
});

it('has no source map but an empty one, which the SDK can read', async () => {
  const code = await bundleOf('globalThis.answer = 42;');
  expect(code.split('sourceMappingURL')).toHaveLength(2);
  expect(parseWorkflowCode(code).sourceMap.sources).toEqual([]);
});
