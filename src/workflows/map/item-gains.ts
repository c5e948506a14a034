import type { ChunkResult } from '../../engine/map-shard.js';
import type { StageOutcome } from '../../engine/stage-record.js';
import type { Json } from '../../shared/json.js';
import type { ArtifactRef } from '../../shared/task.js';

/** Most artifacts of items that a stage's result lists. */
const MOST_ARTIFACTS = 1_000;

/** What items gave beside their outputs, in the order in which they ended. */
export class ItemGains {
  readonly state: Record<string, Json> = {};
  readonly metrics: Record<string, number> = {};
  readonly versions: Record<string, string> = {};
  /** Named `INDEX/NAME`. */
  readonly artifacts: ArtifactRef[] = [];

  get all(): Pick<ChunkResult, 'state' | 'metrics' | 'versions' | 'artifacts'> {
    const { state, metrics, versions, artifacts } = this;
    return { state, metrics, versions, artifacts };
  }

  add(index: number, { state, metrics, versions, artifacts }: StageOutcome): void {
    if (state !== undefined) Object.assign(this.state, state);
    if (versions !== undefined) Object.assign(this.versions, versions);
    if (metrics !== undefined) {
      for (const [name, amount] of Object.entries(metrics))
        this.metrics[name] = (this.metrics[name] ?? 0) + amount;
    }
    for (const artifact of artifacts ?? []) {
      if (this.artifacts.length >= MOST_ARTIFACTS) return;
      this.artifacts.push({ ...artifact, name: `${index}/${artifact.name}` });
    }
  }
}
