import { join } from 'node:path';
import { defineStage, z } from 'sluice';
import { fromProject, shown, writeText } from '../lib/paths.js';
import { reportData } from '../lib/report/report-data.js';
import { summarise, summary } from '../lib/summary.js';

/** The report for people (one HTML file) and the summary for programs (the stage's output and a JSON file). */
export const writeReport = defineStage({
  name: 'write-report',
  description: 'Draws the charts and writes the HTML report and the JSON summary',
  params: reportData,
  output: z.object({ html: z.string(), json: z.string(), bytes: z.int(), summary }),
  run: async ({ params, ctx }) => {
    // Charts are most of what this project loads: only the stages that draw any load them.
    const { buildReport } = await import('../lib/report/build-report.js');
    const folder = fromProject(params.out_dir);
    let drawn = 0;
    const page = await buildReport(params, ctx.run, (title) => {
      drawn += 1;
      ctx.progress(Math.min(0.9, drawn / 6), title);
    });
    const figures = summarise(params);
    const [html, json] = [join(folder, 'market-report.html'), join(folder, 'summary.json')];
    await writeText(html, page);
    await writeText(json, `${JSON.stringify(figures, null, 2)}\n`);
    await ctx.artifacts.write('market-report.html', page);
    ctx.log.info(`Report in ${shown(html)}`);
    ctx.progress(1, shown(html));
    return { html, json, bytes: Buffer.byteLength(page), summary: figures };
  },
});
