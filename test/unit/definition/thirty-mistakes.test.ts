import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadDefinition } from '../../../src/definition/load.js';

const FILE = 'test/unit/definition/thirty-mistakes.yaml';

it('a file with more than thirty mistakes reports every one at its line and column', async () => {
  const { plan, problems } = await loadDefinition(FILE, { catalog: null, env: {} });
  expect(plan).toBeNull();
  expect(problems.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([
    '1:7 bad-id',
    '2:10 wrong-type',
    '3:1 unknown-key',
    '4:10 bad-duration',
    '5:13 wrong-value',
    '6:22 wrong-value',
    '8:17 wrong-value',
    '9:37 bad-input',
    '10:31 bad-input',
    '12:12 env-not-set',
    '13:11 bad-id',
    '15:26 bad-cron',
    '17:28 unknown-mode-stage',
    '19:5 missing-key',
    '23:5 unknown-key',
    '24:14 bad-duration',
    '25:18 unknown-dependency',
    '25:25 self-dependency',
    '26:23 unknown-name',
    '30:12 expression-in-shell',
    '31:5 key-not-for-kind',
    '32:28 wrong-value',
    '32:32 unknown-key',
    '33:9 duplicate-id',
    '34:18 wrong-value',
    '34:39 wrong-value',
    '36:15 missing-key',
    '37:5 cycle',
    '38:47 unknown-name',
    '43:33 bad-expression',
    '45:5 no-kind',
    '46:5 missing-key',
    '46:44 bad-expression',
    '47:32 unknown-name',
  ]);
});

it('each position points at the text that is wrong', async () => {
  const lines = readFileSync(FILE, 'utf8').split('\n');
  const { problems } = await loadDefinition(FILE, { catalog: null, env: {} });
  const pointed = problems.map(({ line, column }) => lines[line - 1]?.slice(column - 1, column + 9) ?? '');
  expect(pointed).toEqual([
    'Thirty Mis',
    '2.0',
    'lables: { ',
    '5 parsecs',
    'stict',
    '0',
    'integr }',
    'three }',
    '5 }',
    '${OUT_DIR_',
    'api-key]',
    "'0 25 * * ",
    'nowhere] }',
    '{ max_age:',
    'wiht: { pa',
    'soon',
    'tests, bui',
    'build]',
    'rowz > 3 &',
    '${{ inputs',
    'with: { a:',
    '-1, backof',
    'backof: 3 ',
    'test',
    'example.or',
    'GETT }',
    '{ approver',
    'id: left',
    'outputt }}',
    ' }}',
    'id: idle',
    'gate: { ch',
    '1 + 1 }] }',
    'bild.outpu',
  ]);
});
