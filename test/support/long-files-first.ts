import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute and more, longest first: begun last, each would keep the others waiting for its end. */
const LONG = [
  'test/e2e/crash.test.ts',
  'test/e2e/huge-graph.test.ts',
  'test/e2e/llama-mapper.test.ts',
  'test/e2e/backfill-year.test.ts',
  'test/e2e/resume.test.ts',
  'test/e2e/run-servers.test.ts',
  'test/e2e/server-sharing.test.ts',
  'test/e2e/large-map-crash.test.ts',
  'test/e2e/map-crash.test.ts',
  'test/e2e/worker-serves-stages.test.ts',
  'test/e2e/cli-static-package.test.ts',
  'test/e2e/big-values.test.ts',
  'examples/tetra/test/chain.test.ts',
  'examples/tetra/test/pipeline.test.ts',
  'test/workflows/approvals-matrix.test.ts',
  'test/workflows/steering/matrix.test.ts',
  'test/workflows/fallback-and-undo.test.ts',
  'test/workflows/stop-and-cancel.test.ts',
  'test/workflows/pools.test.ts',
];

/** The slowest kinds of tests and the longest of their files, so that short files fill the end of a run. */
const PROJECTS = ['e2e', 'examples', 'workflows', 'replay', 'unit'];

export class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => projectRank(a) - projectRank(b) || fileRank(a) - fileRank(b));
  }
}

function projectRank({ project }: TestSpecification): number {
  return PROJECTS.indexOf(project.name);
}

function fileRank({ moduleId }: TestSpecification): number {
  const rank = LONG.findIndex((file) => moduleId.endsWith(`/${file}`));
  return rank === -1 ? LONG.length : rank;
}
