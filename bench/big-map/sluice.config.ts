import { defineConfig, defineStage, z } from 'sluice';

const noop = defineStage({
  name: 'noop',
  params: z.object({ index: z.number() }),
  output: z.null(),
  run: () => null,
});

const noopAll = defineStage({
  name: 'noop-all',
  params: z.object({ items: z.array(z.number()) }),
  output: z.array(z.null()),
  run: ({ params }) => params.items.map(() => null),
});

export default defineConfig({
  stages: [noop, noopAll],
  taskQueue: 'big-map',
  storage: { folder: process.env['BIG_MAP_STORE'] ?? '.sluice/store' },
  worker: { slots: { activities: 1_000 }, logLevel: 'silent' },
});
