import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { closeTestServers, testPipeline } from 'sluice/testing';
import { fromProject } from '../lib/paths.js';
import { outFolder } from './support/sources.js';

afterAll(closeTestServers);

it('goes from the files to the ranking', async () => {
  const folder = await outFolder();
  const result = await testPipeline(fromProject('pipelines/tetra.yaml'), {
    inputs: { bootstraps: 3, paths: 500 },
    env: { ...process.env, OUT_DIR: folder },
  });
  expect(result).toMatchObject({ status: 'succeeded', partial: false });
  expect(await readFile(join(folder, 'assessment-report.html'), 'utf8')).toContain('Ranking');
});
