import { defineConfig, defineStage, z } from 'sluice';

const produce = defineStage({
  name: 'produce',
  params: z.object({ megabytes: z.number(), chunk_bytes: z.number() }),
  chunk: z.object({ n: z.number(), text: z.string() }),
  async *run({ params }) {
    const text = 'x'.repeat(params.chunk_bytes);
    const chunks = Math.ceil((params.megabytes * 1_000_000) / params.chunk_bytes);
    for (let n = 0; n < chunks; n += 1) yield { n, text };
  },
});

export default defineConfig({
  stages: [produce],
  taskQueue: 'stream',
  storage: { folder: process.env['STREAM_STORE'] ?? '.sluice/store' },
  worker: { logLevel: 'silent' },
});
