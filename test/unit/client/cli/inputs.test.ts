import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { createSession } from '../../../../src/client/cli/context.js';
import { readInputs } from '../../../../src/client/cli/inputs.js';
import type { InputFlags } from '../../../../src/client/cli/inputs.js';
import type { InputSpec } from '../../../../src/engine/plan.js';

const SPECS: Readonly<Record<string, InputSpec>> = {
  name: { type: 'string', required: false },
  day: { type: 'date', required: false },
  epochs: { type: 'integer', required: false },
  tags: { type: 'list', required: false },
};

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sluice-inputs-'));
  await writeFile(join(cwd, 'in.json'), '{ "name": "Ada", "epochs": 3 }');
  await writeFile(join(cwd, 'in.yaml'), 'name: Ada\ntags: [a, b]\n');
  await writeFile(join(cwd, 'list.yaml'), '- a\n');
  await writeFile(join(cwd, 'broken.json'), '{ "name": ');
});

function read(flags: InputFlags, stdin = '') {
  const io = {
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    stdin: Readable.from([stdin]),
    env: {},
    cwd,
  };
  return readInputs(createSession(io, false).cli, SPECS, flags);
}

describe('inputs', () => {
  test('of type string and date are taken as they are', async () => {
    expect(await read({ input: ['name=42', 'day=2026-01-31'] })).toEqual({ name: '42', day: '2026-01-31' });
  });

  test('of other types are JSON', async () => {
    expect(await read({ input: ['epochs=3', 'tags=["a",1]'] })).toEqual({ epochs: 3, tags: ['a', 1] });
  });

  test('that are no JSON stay text for the check to report', async () => {
    expect(await read({ input: ['epochs=three'] })).toEqual({ epochs: 'three' });
  });

  test('that the definition does not know are kept for the check to report', async () => {
    expect(await read({ input: ['other=1', '__proto__=1'] })).toHaveProperty('other', '1');
  });

  test('may hold an equals sign and may be empty', async () => {
    expect(await read({ input: ['name=a=b', 'name='] })).toEqual({ name: '' });
  });

  test('come from JSON, YAML and stdin, and -i wins', async () => {
    expect(await read({ inputFile: 'in.json', input: ['name=Eve'] })).toEqual({ name: 'Eve', epochs: 3 });
    expect(await read({ inputFile: 'in.yaml' })).toEqual({ name: 'Ada', tags: ['a', 'b'] });
    expect(await read({ inputFile: '-' }, '{"name":"Bo"}')).toEqual({ name: 'Bo' });
  });

  test.each([
    [{ input: ['name'] }, '"name" is not of the form key=value.'],
    [{ input: ['=x'] }, '"=x" is not of the form key=value.'],
    [{ inputFile: 'list.yaml' }, 'The inputs in "list.yaml" must be an object'],
    [{ inputFile: 'broken.json' }, 'The inputs in "broken.json" cannot be read: '],
    [{ inputFile: 'missing.json' }, 'no such file'],
  ])('that cannot be read are reported: %j', async (flags, message) => {
    await expect(read(flags)).rejects.toThrow(message);
  });
});
