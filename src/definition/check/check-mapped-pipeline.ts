import type { Child } from '../children.js';
import type { StageEntry } from '../draft.js';
import type { Reporter } from '../reporter.js';

/** Items of a map run a pipeline inside one run, where nothing could hold its concurrency group for each of them. */
export function checkMappedPipeline(entry: StageEntry, child: Child, reporter: Reporter): void {
  const { plan } = child;
  if (entry.data.map === undefined || plan === null) return;
  const canary = plan.stages.find(({ action }) => action.kind === 'canary');
  if (canary !== undefined) {
    reporter.report({
      code: 'key-not-for-kind',
      path: [...entry.path, 'pipeline'],
      message: `maps over pipeline "${plan.pipeline}", whose stage "${canary.id}" is a canary; write a stage for each service`,
      stage: entry.label,
    });
  }
  if (plan.concurrency === null) return;
  reporter.report({
    code: 'key-not-for-kind',
    path: [...entry.path, 'pipeline'],
    message: `maps over pipeline "${plan.pipeline}", which has \`concurrency\`; remove that, and bound the items by \`map.max_concurrency\` or by a pool`,
    stage: entry.label,
  });
}
