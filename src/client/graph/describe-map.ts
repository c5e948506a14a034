import type { ItemFailurePolicy, MapPlan } from '../../engine/map-plan.js';
import type { PoolUse } from '../../engine/stage-extras.js';
import { assertNever } from '../../shared/assert-never.js';
import type { Json } from '../../shared/json.js';

/** What a map goes over and how, for people: `each item of inputs.files, 3 at once`. */
export function mapWords(map: MapPlan): string {
  const { batch_size, max_concurrency, collect, on_item_failure } = map;
  return [
    `each ${map.as} of ${sourceWords(map)}`,
    ...(batch_size === 1 ? [] : [`in batches of ${batch_size}`]),
    ...(max_concurrency === null ? [] : [`${max_concurrency} at once`]),
    ...failureWords(on_item_failure),
    ...(collect === 'list' ? [] : [collect === 'file' ? 'results in a file' : 'results only counted']),
  ].join(', ');
}

/** The slots that a stage takes: `2 of gpu, 1 of openai by inputs.key`. */
export function poolWords(pools: readonly PoolUse[]): string {
  return pools
    .map(({ pool, slots, key }) => `${slots} of ${pool}${key === null ? '' : ` by ${text(key)}`}`)
    .join(', ');
}

function sourceWords({ over }: MapPlan): string {
  switch (over.type) {
    case 'list':
      return Array.isArray(over.list) ? `a list of ${over.list.length}` : text(over.list);
    case 'range':
      return `range ${text(over.range)}`;
    case 'pages':
      return `the pages of ${over.uses}`;
    case 'stream':
      return `the stream of ${over.stage}`;
    default:
      return assertNever(over);
  }
}

function failureWords({ max_failures, max_failure_ratio }: ItemFailurePolicy): readonly string[] {
  if (max_failures === 0) return [];
  if (max_failures === null && max_failure_ratio === null) return ['items may fail'];
  return [
    ...(max_failures === null ? [] : [`${max_failures} may fail`]),
    ...(max_failure_ratio === null ? [] : [`${Math.round(max_failure_ratio * 100)} % may fail`]),
  ];
}

/** Without the braces of expressions. */
function text(value: Json): string {
  const whole = typeof value === 'string' ? value : JSON.stringify(value);
  return whole.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, '$1');
}
