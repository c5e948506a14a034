/** The test of a new project, which imports a typed pipeline and names the file of any other. */
export function projectTest({ isTyped }: { readonly isTyped: boolean }): string {
  const imported = isTyped ? "import hello from '../pipelines/hello.ts';\n" : '';
  const pipeline = isTyped ? 'hello' : "'pipelines/hello.yaml'";
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runStage, testPipeline } from 'sluice/testing';
${imported}import { greet } from '../stages/greet.ts';

test('the stage function greets, logs and counts', async () => {
  const { output, metrics, logs } = await runStage(greet, { name: 'Ada' });

  assert.deepEqual(output, { text: 'Hello, Ada.' });
  assert.deepEqual(metrics, { greetings: 1 });
  assert.equal(logs[0]?.message, 'greeting Ada');
});

test('greets by name and counts the characters', async () => {
  const result = await testPipeline(${pipeline}, { inputs: { name: 'Ada' } });

  assert.equal(result.status, 'succeeded');
  assert.deepEqual(result.outputs, { greeting: 'Hello, Ada.', characters: 11 });
});
${isTyped ? MOCKED : ''}`;
}

const MOCKED = `
test('fails when the greeting leaves the name out', async () => {
  const mocks = { greet: () => ({ text: 'Hello, you.' }) };
  const result = await testPipeline(hello, { inputs: { name: 'Ada' }, mocks });

  assert.equal(result.status, 'failed');
  assert.deepEqual(result.failed_stages, ['check']);
});
`;
