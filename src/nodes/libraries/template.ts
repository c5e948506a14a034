import { loadPackages } from './load-package.js';

/** Renders a Liquid template. A name that is not there is an error. */
export async function renderTemplate(template: string, values: object): Promise<string> {
  const { Liquid } = await loadPackages(['liquidjs'], () => import('liquidjs'));
  const engine = new Liquid({ strictVariables: true, strictFilters: true });
  return String(await engine.parseAndRender(template, values));
}
