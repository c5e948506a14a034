import { expect, it } from 'vitest';
import { isPipelineName, isRunId, newRunKey, workflowIdOf } from '../../../src/client/run-id.js';

it('makes keys that sort by the time of the start', () => {
  const early = newRunKey(new Date('2026-03-01T09:59:59.999Z'));
  const late = newRunKey(new Date('2026-03-01T10:00:00.000Z'));
  expect(early).toMatch(/^20260301-095959-[a-z2-9]{4}$/);
  expect([late, early].toSorted()).toEqual([early, late]);
});

it('begins a workflow ID with the name of the pipeline', () => {
  expect(workflowIdOf('market-data', '2026-03-01')).toBe('market-data/2026-03-01');
});

it('tells run IDs, names of pipelines and workflow IDs apart', () => {
  expect(isRunId('0190b2c8-4a52-7c1e-8f3a-0a1b2c3d4e5f')).toBe(true);
  expect(isRunId('market-data/0190b2c8-4a52-7c1e-8f3a-0a1b2c3d4e5f')).toBe(false);
  expect(isPipelineName('market-data')).toBe(true);
  expect(isPipelineName('market-data/today')).toBe(false);
  expect(isPipelineName("o'neill")).toBe(false);
});
