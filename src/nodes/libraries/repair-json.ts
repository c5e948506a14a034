import { loadPackages } from './load-package.js';

/**
 * The JSON value in what a model wrote: also where it stands in a fence of Markdown, or has a comma too many. Undefined
 * when there is none.
 */
export async function readJson(text: string): Promise<unknown> {
  const plain = parse(text);
  if (plain !== undefined) return plain;
  const { jsonrepair } = await loadPackages(['jsonrepair'], () => import('jsonrepair'));
  try {
    const repaired = parse(jsonrepair(text));
    // Prose becomes a text when it is repaired, and a text alone is no structure that anybody asked for.
    return typeof repaired === 'object' ? repaired : undefined;
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
