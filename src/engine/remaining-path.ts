import type { StageRecord } from './stage-record.js';

/**
 * The time that a run still needs when every stage takes as long as it is expected to: the longest chain of stages that
 * have not ended. A stage without an expectation counts as nothing, so the answer is a lower bound.
 */
export function remainingPathMs(
  records: Iterable<StageRecord>,
  expected: Readonly<Record<string, number>>,
  now: number,
): number {
  const open = new Map<string, StageRecord>();
  for (const record of records) if (record.endedAt === null) open.set(record.plan.id, record);
  const known = new Map<string, number>();
  // Chains may be thousands of stages long, too long for recursion.
  for (const id of open.keys()) measure(id, open, { expected, now, known });
  return Math.max(0, ...known.values());
}

type Measure = {
  readonly expected: Readonly<Record<string, number>>;
  readonly now: number;
  readonly known: Map<string, number>;
};

function measure(
  id: string,
  open: ReadonlyMap<string, StageRecord>,
  { expected, now, known }: Measure,
): void {
  const stack = [id];
  while (stack.length > 0) {
    const top = stack.at(-1) ?? '';
    const record = open.get(top);
    if (record === undefined || known.has(top)) {
      stack.pop();
      continue;
    }
    const needs = record.plan.depends_on.filter((need) => open.has(need));
    const unknown = needs.filter((need) => !known.has(need));
    if (unknown.length > 0) {
      stack.push(...unknown);
      continue;
    }
    const elapsed = record.startedAt === null ? 0 : now - record.startedAt;
    const own = Math.max(0, (expected[top] ?? 0) - elapsed);
    known.set(top, own + Math.max(0, ...needs.map((need) => known.get(need) ?? 0)));
    stack.pop();
  }
}
