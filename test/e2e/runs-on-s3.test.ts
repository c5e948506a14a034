import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { defineStage, z } from '../../src/index.js';
import { compiled, type DevProject, startDevProject } from '../support/dev-project.js';
import { findS3Server, type S3Server, startS3Server } from '../support/s3-server.js';

const path = await findS3Server();
const SIZE = 3_000_000;

/** Called when a stage has run, before what it gives goes into the store. */
let ran: (() => Promise<void>) | null = null;
let runs = 0;

const make = defineStage({
  name: 'make',
  params: z.object({ size: z.number() }),
  run: async ({ params, ctx }) => {
    runs += 1;
    await ran?.();
    ctx.log.info(`made ${params.size}`);
    return 'x'.repeat(params.size);
  },
});
const write = defineStage({
  name: 'write',
  params: z.object({ text: z.string() }),
  run: async ({ params, ctx }) => {
    await ctx.artifacts.write('copy.txt', params.text);
    return params.text.length;
  },
});
const count = defineStage({
  name: 'count',
  params: z.object({ file: z.object({ sha256: z.string(), name: z.string(), size_bytes: z.number() }) }),
  run: async ({ params, ctx }) => {
    let sum = 0;
    for await (const line of ctx.artifacts.lines(params.file)) sum += Number(line);
    return sum;
  },
});

const DEFINITION = {
  name: 'on-s3',
  defaults: { retry: { max_attempts: 20, initial_delay: '200ms', backoff: 1 } },
  stages: [
    { id: 'make', uses: 'make', with: { size: SIZE } },
    { id: 'write', uses: 'write', with: { text: '${{ stages.make.output }}' } },
    {
      id: 'lengths',
      set: { output: '${{ stages.write.output + item }}' },
      map: { over: { range: 30 }, collect: 'file' },
    },
    { id: 'count', uses: 'count', with: { file: '${{ stages.lengths.output.file }}' } },
  ],
  outputs: { sum: '${{ stages.count.output }}', text: '${{ stages.make.output }}' },
};
const SUM = 30 * SIZE + (29 * 30) / 2;

describe.skipIf(path === null)('a run whose store is in S3', { timeout: 120_000 }, () => {
  let server: S3Server;
  let project: DevProject;
  beforeAll(async () => {
    server = await startS3Server(path ?? '');
    const s3 = { ...server.settings, prefix: 'team' };
    project = await startDevProject({ stages: [make, write, count], storage: { s3 } });
  });
  afterAll(async () => {
    await project?.close();
    await server?.stop();
  });

  test('keeps its large values, files and logs there', async () => {
    const run = await project.client.start(compiled(DEFINITION));
    const result = await run.result();
    expect(result.error).toBeNull();
    expect(result.outputs['sum']).toBe(SUM);
    expect(result.outputs['text']).toHaveLength(SIZE);
    const keys = await project.store.list('');
    for (const { sha256 } of [
      ...(result.stages['write']?.artifacts ?? []),
      ...(result.stages['lengths']?.artifacts ?? []),
    ]) {
      expect(keys).toContain(`objects/${sha256.slice(0, 2)}/${sha256.slice(2)}`);
    }
    expect(keys.some((key) => key.startsWith('logs/'))).toBe(true);
  });

  test('goes on after the store was away, and has lost nothing', async () => {
    runs = 0;
    const mending = new Promise<() => Promise<void>>((resolve) => {
      ran = async () => {
        ran = null;
        resolve(await server.breakDown());
      };
    });
    const run = await project.client.start(compiled({ ...DEFINITION, name: 'broken-s3' }));
    const mend = await mending;
    const handle = project.server.client.workflow.getHandle(run.workflowId);
    const failure = await vi.waitFor(
      async () => {
        const [pending] = (await handle.describe()).raw.pendingActivities ?? [];
        expect(pending?.lastFailure?.message).toBeTruthy();
        return pending?.lastFailure?.message ?? '';
      },
      { timeout: 60_000, interval: 100 },
    );
    expect(failure).toMatch(/cannot be reached .* after 4 tries/);
    await mend();
    const result = await run.result();
    expect(result.error).toBeNull();
    expect(result.outputs['sum']).toBe(SUM);
    expect(runs).toBeGreaterThan(1);
  });
});
