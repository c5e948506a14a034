import { readFile } from 'node:fs/promises';
import { z } from 'sluice';
import { writeText } from '../../lib/paths.js';
import { pickVersion, type Weights } from './pick-version.js';

const route = z.strictObject({
  weights: z.record(z.string(), z.number().min(0).max(100)),
  versions: z.record(z.string(), z.strictObject({ url: z.url({ protocol: /^https?$/ }) })),
});

export type Route = z.output<typeof route>;

/** A change that the table refuses; nothing was changed. `status` is what HTTP calls it. */
export class RouteError extends Error {
  override readonly name = 'RouteError';
  readonly status: 400 | 404 | 409;

  constructor(status: 400 | 404 | 409, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Which versions of a service there are, and how the traffic is shared between them. A change takes effect with the next
 * request, whole; requests under way end at the version where they began. Kept in a file, where one is given, so that a
 * router that starts again goes on with the last weights.
 */
export class RouteTable {
  private readonly routes: Map<string, Route>;
  private readonly file: string | null;
  private saved: Promise<void> = Promise.resolve();

  private constructor(routes: Map<string, Route>, file: string | null) {
    this.routes = routes;
    this.file = file;
  }

  static async open(file: string | null): Promise<RouteTable> {
    const text = file === null ? null : await readFile(file, 'utf8').catch(() => null);
    const known = text === null ? {} : z.record(z.string(), route).parse(JSON.parse(text));
    return new RouteTable(new Map(Object.entries(known)), file);
  }

  get(service: string): Route {
    const found = this.routes.get(service);
    if (found !== undefined) return found;
    throw new RouteError(
      404,
      `There is no service "${service}". Services here: ${list(this.routes.keys())}.`,
    );
  }

  entries(): ReadonlyArray<readonly [string, Route]> {
    return [...this.routes];
  }

  pick(service: string, key: string | undefined): { readonly version: string; readonly url: string } {
    const { weights, versions } = this.get(service);
    const version = pickVersion(weights, key);
    const url = version === undefined ? undefined : versions[version]?.url;
    if (version === undefined || url === undefined) {
      throw new RouteError(404, `No version of "${service}" gets traffic yet: set its weights.`);
    }
    return { version, url };
  }

  async addVersion(service: string, version: string, url: string): Promise<Route> {
    const known = this.routes.get(service) ?? { weights: {}, versions: {} };
    return this.save(service, { ...known, versions: { ...known.versions, [version]: { url } } });
  }

  async removeVersion(service: string, version: string): Promise<Route> {
    const { weights, versions } = this.get(service);
    this.requireVersions(service, [version]);
    if ((weights[version] ?? 0) > 0) {
      throw new RouteError(
        409,
        `Version "${version}" of "${service}" gets ${weights[version]} percent: move it first.`,
      );
    }
    const without = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
      Object.fromEntries(Object.entries(values).filter(([name]) => name !== version));
    return this.save(service, { weights: without(weights), versions: without(versions) });
  }

  async setWeights(service: string, weights: Weights): Promise<Route> {
    const known = this.get(service);
    this.requireVersions(service, Object.keys(weights));
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    if (Math.abs(total - 100) > 1e-6) {
      throw new RouteError(400, `The weights of "${service}" must add up to 100; these add up to ${total}.`);
    }
    return this.save(service, { ...known, weights });
  }

  private requireVersions(service: string, versions: readonly string[]): void {
    const known = this.get(service).versions;
    const unknown = versions.filter((version) => !Object.hasOwn(known, version));
    if (unknown.length === 0) return;
    throw new RouteError(
      400,
      `"${service}" has no version ${list(unknown)}. Versions here: ${list(Object.keys(known))}.`,
    );
  }

  /** Takes effect at once; files are written one after the other, so that the last one holds the last change. */
  private async save(service: string, changed: Route): Promise<Route> {
    this.routes.set(service, changed);
    const { file } = this;
    if (file === null) return changed;
    const text = `${JSON.stringify(Object.fromEntries(this.routes), null, 2)}\n`;
    const written = this.saved.then(() => writeText(file, text));
    this.saved = written.catch(() => undefined);
    await written;
    return changed;
  }
}

function list(names: Iterable<string>): string {
  const quoted = [...names].map((name) => `"${name}"`);
  return quoted.length === 0 ? 'none' : quoted.join(', ');
}
