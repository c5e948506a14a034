import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TestPipelineOptions } from 'sluice/testing';
import { closeTestServers, testPipeline } from 'sluice/testing';
import { fromProject } from '../lib/paths.js';
import { outFolder } from './support/sources.js';

const FILE = fromProject('pipelines/market-data.yaml');

afterAll(closeTestServers);

describe('the market-data pipeline', () => {
  it('goes from the files to the report', async () => {
    const { folder, result } = await run({});
    expect(result).toMatchObject({
      status: 'succeeded',
      partial: false,
      failed_stages: [],
      skipped_stages: [],
    });
    expect(result.metrics).toMatchObject({
      rows_loaded: 12_364,
      bad_rows: 1,
      missing_days: 4,
      rows_stored: 12_363,
    });
    expect(result.outputs['stored']).toMatchObject({ database: join(folder, 'tetra.duckdb'), rows: 12_363 });
    expect(result.stages['quality_gate']?.output).toMatchObject({ passed: true });
    expect(result.stages['sizes']?.output).toMatchObject({ files: 18 });
    expect(await readFile(join(folder, 'market-report.html'), 'utf8')).toContain(
      '<h2>S&amp;P 500 since 1871</h2>',
    );
    expect(await readFile(join(folder, 'runs.log'), 'utf8')).toContain(result.run_id);
  });

  it('leaves Tesla out, and everything made of it, when its file is dirtier than allowed', async () => {
    const { result } = await run({ inputs: { max_bad_share: 0.001 } });
    expect(result).toMatchObject({ status: 'succeeded', partial: true, failed_stages: ['validate_tsla'] });
    expect(result.stages['validate_tsla']).toMatchObject({ attempts: 1, error: { type: 'DataError' } });
    expect(result.skipped_stages).toEqual(['indicators_tsla', 'risk_tsla']);
    expect(result.outputs['quality']).toMatchObject({ symbols: ['VIX', 'AAPL', 'SP500'] });
  });

  it('stores nothing when the gate finds the data too old, and still notes the run', async () => {
    const { folder, result } = await run({ inputs: { as_of: '2026-12-31' } });
    expect(result).toMatchObject({ status: 'failed', failed_stages: ['quality_gate'] });
    expect(result.stages['quality_gate']?.error?.message).toContain('"the VIX is recent"');
    expect(result.stages['store']).toMatchObject({ status: 'skipped', skip_reason: 'upstream' });
    await expect(access(join(folder, 'tetra.duckdb'))).rejects.toThrow('ENOENT');
    expect(await readFile(join(folder, 'runs.log'), 'utf8')).toContain(result.run_id);
  });

  it('looks only at the quality of the data in mode check', async () => {
    const { folder, result } = await run({ mode: 'check' });
    expect(result.status).toBe('succeeded');
    expect(result.stages['store']).toMatchObject({ status: 'skipped', skip_reason: 'mode' });
    expect(result.outputs).toMatchObject({ report: null, stored: null, quality: { splits: [0, 0, 0, 0] } });
    await expect(access(join(folder, 'tetra.duckdb'))).rejects.toThrow('ENOENT');
  });

  it('works on the last 400 days of the daily series in mode daily', async () => {
    const { result } = await run({ mode: 'daily' });
    expect(result.skipped_stages).toEqual(['load_sp500', 'validate_sp500', 'risk_sp500']);
    expect(result.outputs['quality']).toMatchObject({
      symbols: ['VIX', 'AAPL', 'TSLA'],
      rows: [283, 276, 277],
    });
  });
});

type Run = { readonly folder: string; readonly result: Awaited<ReturnType<typeof testPipeline>> };

async function run(options: TestPipelineOptions): Promise<Run> {
  const folder = await outFolder();
  return {
    folder,
    result: await testPipeline(FILE, { ...options, env: { ...process.env, OUT_DIR: folder } }),
  };
}
