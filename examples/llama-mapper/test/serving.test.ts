import { expect, it } from 'vitest';
import { startLoad } from '../serving/load.js';
import { createModelServer } from '../serving/models/create-model-server.js';
import { createRouter } from '../serving/router/create-router.js';
import { listening, send } from './support/serving.js';
import { dataset, smallModel } from './support/small-models.js';

it('changes weights forty times under load and fails no request', async () => {
  const router = await listening(await createRouter());
  const models = await listening(await createModelServer());
  const content = { a: await smallModel('mapper'), b: await smallModel('mapper', { wrong_labels: true }) };
  for (const [version, model] of Object.entries(content)) {
    const url = `${models}/models/mapper/${version}`;
    await send('PUT', url, model);
    await send('PUT', `${router}/routes/mapper/versions/${version}`, { url });
  }
  const weigh = async (a: number): Promise<void> => {
    const weights = { a, b: 100 - a };
    expect(await send('PUT', `${router}/routes/mapper`, { weights })).toMatchObject({ status: 200 });
  };
  await weigh(100);

  const { test: records } = await dataset();
  const options = {
    router,
    service: 'mapper',
    kind: 'mapper',
    records,
    rate: 250,
    feedbackShare: 1,
  } as const;
  const load = startLoad(options);
  for (let change = 1; change <= 40; change += 1) await weigh((change * 7) % 101);
  const report = await load.stop();

  expect(report.failed).toBe(0);
  const { body } = await send('GET', `${router}/kpis/mapper?window=600`);
  const { a, b } = Object(body).versions;
  expect(a.requests).toBeGreaterThan(0);
  expect(b.requests).toBeGreaterThan(0);
  expect([a.errors, b.errors]).toEqual([0, 0]);
  expect(a.requests + b.requests).toBeGreaterThanOrEqual(report.requests);
  expect(a.feedback.accuracy).toBeGreaterThan(b.feedback.accuracy);
});
