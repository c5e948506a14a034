import { readFile } from 'node:fs/promises';
import tracery from 'tracery-grammar';
import { z } from 'sluice';
import { fromProject } from '../paths.js';
import type { Idea } from '../shapes.js';

const rules = z.array(z.string()).min(1);
const step = z.strictObject({ step: z.string(), title: rules, goal: rules, open: rules, close: rules });
const shape = z.strictObject({
  title: rules,
  pitch: rules,
  symbols: z.record(z.string(), rules),
  steps: z.array(step).min(1),
});
export type Grammar = z.output<typeof shape>;

export type Random = () => number;

export async function readGrammar(): Promise<Grammar> {
  return shape.parse(JSON.parse(await readFile(fromProject('data/grammar.json'), 'utf8')));
}

/**
 * The library has one source of random numbers for all grammars, which its types forget. It expands at once, so nobody
 * comes between.
 */
const { setRng: setRandom } = tracery as unknown as { readonly setRng: (random: Random) => void };

/** Chooses names and things once, and the title and the pitch made of them. */
export function drawIdea(grammar: Grammar, random: Random): Idea {
  const symbols = Object.fromEntries(
    Object.entries(grammar.symbols).map(([name, values]) => [name, expand(values, {}, random)]),
  );
  return {
    title: expand(grammar.title, symbols, random),
    pitch: expand(grammar.pitch, symbols, random),
    symbols,
  };
}

/** One of the rules, with every `#symbol#` in it filled in. */
export function expand(values: readonly string[], symbols: Idea['symbols'], random: Random): string {
  const grammar = tracery.createGrammar({ ...symbols, origin: [...values] });
  grammar.addModifiers(tracery.baseEngModifiers);
  setRandom(random);
  const text = grammar.flatten('#origin#');
  if (text.includes('(('))
    throw new Error(`The grammar has no rule for a symbol of "${values.join('", "')}".`);
  return text;
}
