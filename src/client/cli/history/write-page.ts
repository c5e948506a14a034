import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadCharts } from '../../history/page/draw-chart.js';
import { reportPage } from '../../history/page/report-page.js';
import type { RunReport } from '../../history/run-report.js';
import type { CliContext } from '../context.js';

/** Writes a report as a page with charts. */
export async function writePage(cli: CliContext, report: RunReport, file: string): Promise<void> {
  const draw = await loadCharts();
  const path = resolve(cli.cwd, file);
  await writeFile(path, reportPage(report, draw));
  cli.note(`Written to ${path}`);
}
