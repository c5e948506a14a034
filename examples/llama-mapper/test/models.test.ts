import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { answerCheck } from '../lib/answers.js';
import type { DataRecord } from '../lib/records.js';
import { createModelServer, type ModelServerOptions } from '../serving/models/create-model-server.js';
import { listening, send } from './support/serving.js';
import { dataset, smallModel } from './support/small-models.js';

let good: Awaited<ReturnType<typeof smallModel>>;
let rows: readonly DataRecord[] = [];

beforeAll(async () => {
  good = await smallModel('mapper');
  rows = (await dataset()).test;
});

it('answers with a code that the schema allows, and is mostly right', async () => {
  const { at } = await serving();
  await send('PUT', at('mapper/v1'), good);
  const asked = rows.filter(({ code }, index) => code !== 'ordinary' || index % 10 === 0).slice(0, 60);
  const answers = await Promise.all(asked.map((row) => send('POST', at('mapper/v1'), question(row))));
  expect(answers.every(({ status, body }) => status === 200 && answerCheck('mapper')(body))).toBe(true);
  const right = answers.filter(({ body }, index) => Object(body).code === asked[index]?.code);
  expect(right.length).toBeGreaterThan(45);
});

it('writes an analysis that says what speaks for it', async () => {
  const { at } = await serving();
  await send('PUT', at('analyst/v1'), await smallModel('analyst'));
  const prize = rows.find(({ code }) => code === 'spam.prize');
  const { body } = await send('POST', at('analyst/v1'), question(prize));
  expect(answerCheck('analyst')(body)).toBe(true);
  expect(body).toMatchObject({
    risk: 'high',
    action: 'block',
    detectors: expect.arrayContaining(['number-watch']),
  });
});

it('refuses bytes that have another checksum, and bytes that are no model', async () => {
  const { at } = await serving();
  const sha256 = 'f'.repeat(64);
  expect(await send('PUT', at('mapper/v1'), { ...good, sha256 })).toMatchObject({
    status: 400,
    body: {
      error: {
        message: `Version "v1" of "mapper": The checksum is wrong: the model should have SHA-256 ${sha256}, and has ${good.sha256}.`,
      },
    },
  });
  expect(await send('GET', at(''))).toMatchObject({ body: { models: [] } });
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  expect(await send('PUT', at('mapper/v1'), { content: '', sha256: empty })).toMatchObject({ status: 400 });
  expect(await send('PUT', at('mapper/v1'), { sha256: empty })).toMatchObject({ status: 400 });
});

it('takes the same bytes twice, and no others under the same version', async () => {
  const { at } = await serving();
  for (let time = 0; time < 2; time += 1) {
    expect(await send('PUT', at('mapper/v1'), good)).toMatchObject({ status: 200, body: { kind: 'mapper' } });
  }
  expect(await send('PUT', at('mapper/v1'), await smallModel('mapper', { delay_ms: 1 }))).toMatchObject({
    status: 409,
    body: { error: { message: expect.stringContaining('take another version for other bytes') } },
  });
});

it('has its models again after a restart, except for damaged ones, which it names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'models-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const first = await serving({ folder });
  await send('PUT', first.at('mapper/v1'), good);
  await send('PUT', first.at('mapper/v2'), good);
  const [file = ''] = (await readdir(folder)).filter((name) => name.includes('v2'));
  await writeFile(join(folder, file), good.content.slice(0, -10));

  const damaged: string[] = [];
  const second = await serving({ folder, warn: (message) => damaged.push(message) });
  expect(await send('GET', second.at(''))).toMatchObject({ body: { models: [{ version: 'v1' }] } });
  expect(damaged).toEqual([expect.stringMatching(/^Version "v2" of "mapper": The checksum is wrong/)]);
  await send('DELETE', second.at('mapper/v1'));
  expect(await send('POST', second.at('mapper/v1'), {})).toMatchObject({
    status: 404,
    body: { error: { message: 'There is no version "v1" of "mapper" on this server.' } },
  });
});

it('is slow or failing only where the model is', async () => {
  const { at } = await serving();
  await send('PUT', at('mapper/good'), good);
  await send('PUT', at('mapper/failing'), await smallModel('mapper', { failure_share: 1 }));
  await send('PUT', at('mapper/slow'), await smallModel('mapper', { delay_ms: 300 }));
  const ask = (name: string): ReturnType<typeof send> =>
    send('POST', at(`mapper/${name}`), question(rows[0]));
  expect((await ask('good')).status).toBe(200);
  expect(await ask('failing')).toMatchObject({
    status: 500,
    body: { error: { message: 'Version "failing" fails on purpose.' } },
  });
  const started = performance.now();
  expect((await ask('slow')).status).toBe(200);
  expect(performance.now() - started).toBeGreaterThan(290);
});

it('says what a question lacks', async () => {
  const { at } = await serving();
  await send('PUT', at('mapper/v1'), good);
  expect(await send('POST', at('mapper/v1'), { text: '' })).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringContaining('findings') } },
  });
});

async function serving(options?: ModelServerOptions): Promise<{ at: (path: string) => string }> {
  const url = await listening(await createModelServer(options));
  return { at: (path) => `${url}/models${path && `/${path}`}` };
}

function question(row: DataRecord | undefined): object {
  return { text: row?.text, findings: row?.findings };
}
