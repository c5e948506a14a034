import type { PoolSpec } from '../../engine/stage-extras.js';
import type { StageCatalog } from '../catalog.js';
import { allStages, type Draft, type StageEntry } from '../draft.js';
import { poolSpec, poolUses } from '../plan/build-pools.js';
import type { Reporter } from '../reporter.js';
import { listNames, suggest } from '../suggest.js';

const POOL_NAME = /^[A-Za-z0-9_.-]{1,100}$/;

/** Checks the pools of a definition, and those that its stages name. */
export function checkPools(draft: Draft, catalog: StageCatalog | null, reporter: Reporter): void {
  const known = new Map<string, PoolSpec>(catalog?.pools ?? []);
  for (const [name, definition] of Object.entries(draft.header.pools ?? {})) {
    const spec = poolSpec(definition);
    checkDefinition(name, spec, known.get(name), reporter);
    known.set(name, spec);
  }
  const isClosed = catalog?.pools !== undefined;
  for (const entry of allStages(draft)) checkUses(entry, { known, isClosed }, reporter);
}

function checkDefinition(
  name: string,
  spec: PoolSpec,
  configured: PoolSpec | undefined,
  reporter: Reporter,
): void {
  const path = ['pools', name];
  if (!POOL_NAME.test(name)) {
    const message = `the name of the pool "${name}" may have letters, digits, "_", "-" and ".", at most 100`;
    reporter.report({ code: 'bad-id', path, key: true, message });
  }
  if (spec.slots === null && spec.rate === null) {
    const message = `pool "${name}" limits nothing; give it \`slots\`, \`rate\` or both`;
    reporter.report({ code: 'bad-pool', path, message });
  }
  if (configured !== undefined && !isSame(spec, configured)) {
    const message = `pool "${name}" is configured with other values (${words(configured)}); remove it here, or make both the same`;
    reporter.report({ code: 'bad-pool', path, message });
  }
}

type KnownPools = { readonly known: ReadonlyMap<string, PoolSpec>; readonly isClosed: boolean };

function checkUses(entry: StageEntry, { known, isClosed }: KnownPools, reporter: Reporter): void {
  const { data, path, label: stage } = entry;
  const at = (i: number, key?: string): readonly (string | number)[] => [
    ...path,
    'pool',
    ...(Array.isArray(data.pool) ? [i] : []),
    ...(key === undefined ? [] : [key]),
  ];
  const seen = new Set<string>();
  for (const [i, use] of poolUses(data.pool).entries()) {
    if (seen.has(use.pool)) {
      const message = `lists the pool "${use.pool}" twice; give it more \`slots\` instead`;
      reporter.report({ code: 'duplicate-item', path: at(i), message, stage });
    }
    seen.add(use.pool);
    const spec = known.get(use.pool);
    if (spec === undefined) {
      if (!isClosed) continue;
      const names = [...known.keys()];
      const message = `needs a slot of the pool "${use.pool}", which does not exist. Pools here: ${listNames(names)}. Add it to \`pools\`, here or in the configuration`;
      const suggestion = (): string | null => suggest(use.pool, names);
      reporter.report({ code: 'unknown-pool', path: at(i), message, stage, suggestion });
    } else if (spec.slots !== null && use.slots > spec.slots) {
      const message = `needs ${use.slots} slots of the pool "${use.pool}", which has ${spec.slots}`;
      reporter.report({ code: 'bad-pool', path: at(i, 'slots'), message, stage });
    } else if (spec.slots === null && use.slots > 1) {
      const message = `needs ${use.slots} slots of the pool "${use.pool}", which has a rate and no slots; every attempt counts once for it`;
      reporter.report({ code: 'bad-pool', path: at(i, 'slots'), message, stage });
    }
  }
}

function isSame(a: PoolSpec, b: PoolSpec): boolean {
  return words(a) === words(b);
}

function words({ slots, rate }: PoolSpec): string {
  const parts = [
    ...(slots === null ? [] : [`slots: ${slots}`]),
    ...(rate === null ? [] : [`rate: ${rate.limit} per ${rate.per_ms} ms`]),
  ];
  return parts.join(', ');
}
