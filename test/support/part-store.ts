import type { ReadPartsParams } from '../../src/shared/map-task.js';
import type { Json } from '../../src/shared/json.js';
import type { FakeStage } from './workflow-rig.js';

/** What keeps and gives back the results of a large map's parts, in memory. */
export function partStore(): Readonly<Record<string, FakeStage>> {
  const parts = new Map<string, readonly Json[]>();
  return {
    'sluice.map_collect_part': ({ params }) => {
      const { results } = params as { results: Json[] };
      parts.set(JSON.stringify(results), results);
      return { output: { sha256: JSON.stringify(results), size_bytes: 1, count: results.length } };
    },
    'sluice.map_read_parts': ({ params }) => {
      const { first, count, parts: wanted } = params as unknown as ReadPartsParams;
      const results = Array.from({ length: count }, (): Json => null);
      for (const at of wanted)
        for (const [line, result] of (parts.get(at.part.sha256) ?? []).entries())
          if (at.first + line >= first) results[at.first + line - first] ??= result;
      return { output: results.slice(0, count) };
    },
    'sluice.map_collect_file': ({ params }) => ({
      output: (params as { parts: { sha256: string }[] }).parts.flatMap(
        (part) => parts.get(part.sha256) ?? [],
      ),
    }),
  };
}
