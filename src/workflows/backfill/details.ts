import type { BackfillReport } from '../../engine/backfill.js';
import { formatDuration } from '../../shared/format-duration.js';
import type { Partition } from '../../shared/partition.js';

const MOST_ROWS = 40;

/** How a backfill stands, as Markdown for the Temporal Web UI: the counts and the partitions that failed. */
export function backfillDetails(report: BackfillReport, windows: readonly Partition[]): string {
  const { total, ...counts } = report.counts;
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status.replaceAll('_', ' ')}`);
  const left = report.eta_ms === null ? '' : `, about ${formatDuration(report.eta_ms)} left`;
  const rows = (report.book?.errors ?? [])
    .slice(0, MOST_ROWS)
    .map(
      ([index, error]) => `| ${windows[index]?.key ?? index} | ${cell(`${error.type}: ${error.message}`)} |`,
    );
  const table = rows.length === 0 ? '' : `\n\n| partition | error |\n|---|---|\n${rows.join('\n')}`;
  return `**${total} partitions**: ${parts.join(', ')}${left}${table}`;
}

function cell(text: string): string {
  return text.slice(0, 200).replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}
