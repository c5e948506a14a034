import type { RunStatus } from '../../../engine/result.js';
import { artifactsOf, type RunArtifact } from '../../artifacts.js';
import { formatBytes } from '../../render/bytes.js';
import { oneLine } from '../../render/printable.js';
import { unknownStage } from '../../unknown-stage.js';
import type { CliContext } from '../context.js';
import { formatTable } from '../output.js';

/** The artifacts of a run, or of one stage of it. Throws `unknown_stage` when there is no such stage. */
export function wantedArtifacts(
  status: RunStatus,
  { stage }: { readonly stage?: string },
): readonly RunArtifact[] {
  const stages = [...Object.keys(status.stages), ...Object.keys(status.hooks)];
  if (stage !== undefined && stages.length > 0 && !stages.includes(stage)) {
    throw unknownStage(`The run "${status.workflow_id}"`, stage, stages);
  }
  return artifactsOf(status).filter((artifact) => stage === undefined || artifact.stage === stage);
}

/** Lists the artifacts of a run. */
export function printArtifacts(
  cli: CliContext,
  status: RunStatus,
  filter: { readonly stage?: string },
): void {
  const artifacts = wantedArtifacts(status, filter);
  const { workflow_id, run_id } = status;
  if (cli.isJson) return cli.json({ workflow_id, run_id, artifacts });
  if (artifacts.length === 0) return cli.note(`The run "${workflow_id}" has no artifacts.`);
  const rows = artifacts.map(({ stage, name, size_bytes, sha256 }) => [
    oneLine(stage),
    oneLine(name),
    formatBytes(size_bytes),
    sha256,
  ]);
  const columns = [
    { title: 'Stage' },
    { title: 'Name' },
    { title: 'Size', align: 'right' as const },
    { title: 'SHA-256' },
  ];
  cli.print(formatTable(columns, rows, cli.colours.stdout));
}
