import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'sluice';
import { closeTestServers, testPipeline, type TestPipelineOptions } from 'sluice/testing';
import { trainClassifier } from '../lib/classifier.js';
import { featuresOf } from '../lib/features.js';
import { fromProject } from '../lib/paths.js';
import { dataset } from './support/small-models.js';

afterAll(closeTestServers);

describe('the train pipeline', () => {
  it('trains both models above the thresholds, on rows that they have never seen', async () => {
    const result = await train({ inputs: { version: 'v1.0.0' } });
    expect(result).toMatchObject({ status: 'succeeded', failed_stages: [], skipped_stages: [] });
    expect(figures.parse(result.outputs['mapper'])).toEqual({
      rows: 1032,
      accuracy: 0.978,
      precision: 0.948,
      recall: 0.844,
      f1: 0.889,
      schema_validity: 1,
    });
    expect(figures.parse(result.outputs['analyst'])).toEqual({
      rows: 1032,
      accuracy: 0.985,
      precision: 0.992,
      recall: 0.942,
      f1: 0.965,
      schema_validity: 1,
    });
    for (const kind of ['mapper', 'analyst']) {
      expect(result.stages[`register_${kind}`]?.output).toMatchObject({
        model: kind,
        version: 'v1.0.0',
        artifact: Object(result.stages[`train_${kind}`]?.output).artifact,
        metrics: { f1: Object(result.outputs[kind]).f1 },
        data_fingerprint: result.outputs['fingerprint'],
        status: 'ready',
      });
    }
    for (const id of ['train_mapper', 'train_analyst', 'evaluate_mapper', 'evaluate_analyst']) {
      const { metrics } = result.stages[id] ?? {};
      expect(metrics?.['cpu_seconds']).toBeGreaterThan(0);
      expect(metrics?.['memory_mb']).toBeGreaterThan(10);
      expect(metrics?.['cost_usd']).toBeGreaterThan(0);
    }
  });

  it('fails at the gate when the answers are learned in a wrong order', async () => {
    const rehearsal = { wrong_labels: true };
    const result = await train({ inputs: { model_type: 'mapper', mapper_epochs: 1, rehearsal } });
    expect(result).toMatchObject({ status: 'failed', failed_stages: ['gate_mapper'] });
    expect(result.skipped_stages).toContain('train_analyst');
    expect(result.stages['register_mapper']).toMatchObject({ status: 'skipped', skip_reason: 'upstream' });
    expect(result.stages['gate_mapper']?.error?.message).toContain('"F1"');
  });

  it.each([
    [{ mapper_learning_rate: 0 }, 'mapper_learning_rate'],
    [{ analyst_epochs: 1.5 }, 'analyst_epochs'],
    [{ mapper_lora_r: 0 }, 'mapper_lora_r'],
    [{ model_type: 'both' }, 'model_type'],
    [{ output_dir: '' }, 'output_dir'],
  ])('takes no %o', async (inputs, name) => {
    await expect(train({ inputs })).rejects.toThrow(name);
  });
});

it('gives the same model for the same rows, whatever was looked at in between', async () => {
  const { train: rows, test } = await dataset();
  const learn = (): object =>
    trainClassifier(
      rows.slice(0, 600).map((row) => ({ features: featuresOf(row), label: row.code })),
      { learningRate: 0.1, epochs: 2 },
      () => undefined,
    );
  const first = learn();
  for (const row of test) featuresOf(row);
  expect(learn()).toEqual(first);
});

it('says that the learning rate is too high instead of giving a model that knows nothing', () => {
  const examples = ['a', 'b', 'a'].map((label) => ({ features: { [label]: 1, both: 1 }, label }));
  expect(() => trainClassifier(examples, { learningRate: 1e300, epochs: 5 }, () => undefined)).toThrow(
    /^The weights ran away after \d epochs at a learning rate of 1e\+300\. Set it lower\.$/,
  );
});

const rounded = z.number().transform((value) => Number(value.toFixed(3)));
const figures = z.object({
  rows: z.int(),
  accuracy: rounded,
  precision: rounded,
  recall: rounded,
  f1: rounded,
  schema_validity: rounded,
});

async function train(options: TestPipelineOptions): ReturnType<typeof testPipeline> {
  const folder = await mkdtemp(join(tmpdir(), 'mapper-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return testPipeline(fromProject('pipelines/train.yaml'), {
    ...options,
    inputs: { output_dir: folder, ...options.inputs },
  });
}
