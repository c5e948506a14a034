import { instance } from '@viz-js/viz';
import { toDot } from './dot.js';
import type { GraphModel } from './graph-model.js';

/** The graph drawn by Graphviz, which comes along as WebAssembly: nothing needs to be installed. */
export async function toSvg(model: GraphModel): Promise<string> {
  const viz = await instance();
  const text = viz.renderString(toDot(model), { format: 'svg' });
  return text.slice(text.indexOf('<svg'));
}
