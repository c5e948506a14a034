import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { backtestResult, kindResult, rankedStrategy } from '../lib/assessment/results.js';
import { fromProject, shown, writeText } from '../lib/paths.js';

export const assessmentData = z.strictObject({
  scenarios: z.string(),
  metrics: z.string(),
  backtests: z.array(backtestResult).min(1),
  ranking: z.array(rankedStrategy).min(1),
  by_kind: z.array(kindResult),
  cost: z.number(),
  out_dir: z.string(),
});

/** The report on the strategies: one HTML file with its charts inside. */
export const writeAssessment = defineStage({
  name: 'write-assessment',
  description: 'Draws the charts and writes the HTML report on strategies and scenarios',
  params: assessmentData,
  output: z.object({ html: z.string(), bytes: z.int() }),
  run: async ({ params, ctx }) => {
    const { buildAssessment } = await import('../lib/report/build-assessment.js');
    const page = await buildAssessment(params, ctx.run);
    const html = join(fromProject(params.out_dir), 'assessment-report.html');
    await writeText(html, page);
    await ctx.artifacts.write('assessment-report.html', page);
    ctx.log.info(`Report in ${shown(html)}`);
    ctx.progress(1, shown(html));
    return { html, bytes: Buffer.byteLength(page) };
  },
});
