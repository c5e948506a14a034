import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../../lib/data-error.js';
import { readModel, type ModelKind, type Rehearsal } from '../../lib/model-file.js';
import { openModel, type OpenModel } from '../../lib/open-model.js';
import { fromProject, writeText } from '../../lib/paths.js';

type Place = { readonly service: string; readonly version: string; readonly sha256: string };

export type ShelvedModel = Place & { readonly kind: ModelKind };

type Loaded = ShelvedModel & { readonly model: OpenModel; readonly rehearsal: Rehearsal | undefined };

/** A request that cannot be served; `status` is what HTTP calls it. */
class ShelfError extends Error {
  override readonly name = 'ShelfError';
  readonly status: 400 | 404 | 409;

  constructor(status: 400 | 404 | 409, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/**
 * The versions that a server has in memory, and in a folder, where one is given, so that it has them again after a restart.
 * Bytes are checked against their hash whenever they are read.
 */
export class ModelShelf {
  private readonly models = new Map<string, Loaded>();
  private readonly folder: string | null;

  private constructor(folder: string | null) {
    this.folder = folder;
  }

  /** `onDamaged` is told of each file that is not what was put there; it is left out, and the others are served. */
  static async open(folder: string | null, onDamaged: (message: string) => void): Promise<ModelShelf> {
    const shelf = new ModelShelf(folder);
    if (folder === null) return shelf;
    for (const name of await readdir(folder).catch(() => [])) {
      const [service, version, sha256] = name.replace(/\.json$/, '').split('@');
      if (!service || !version || !sha256) continue;
      // oxlint-disable-next-line no-await-in-loop -- a few large files, one in memory at a time
      const content = await readFile(join(folder, name), 'utf8');
      try {
        shelf.load({ service, version, sha256 }, content);
      } catch (error) {
        if (!(error instanceof ShelfError)) throw error;
        onDamaged(error.message);
      }
    }
    return shelf;
  }

  list(): readonly ShelvedModel[] {
    return [...this.models.values()].map(({ service, version, sha256, kind }) => ({
      service,
      version,
      sha256,
      kind,
    }));
  }

  get(service: string, version: string): Loaded {
    const found = this.models.get(`${service}@${version}`);
    if (found !== undefined) return found;
    throw new ShelfError(404, `There is no version "${version}" of "${service}" on this server.`);
  }

  /** The same bytes may be put again; other bytes under the same version are refused. */
  async put(place: Place, source: { content: string } | { file: string }): Promise<ShelvedModel> {
    const content = 'content' in source ? source.content : await readSource(source.file);
    const known = this.models.get(`${place.service}@${place.version}`);
    if (known !== undefined && known.sha256 !== place.sha256) {
      throw new ShelfError(
        409,
        `Version "${place.version}" of "${place.service}" is served with SHA-256 ${known.sha256}: take another version for other bytes.`,
      );
    }
    const { kind } = this.load(place, content);
    if (this.folder !== null) await writeText(this.fileOf(this.folder, place), content);
    return { ...place, kind };
  }

  async remove(service: string, version: string): Promise<ShelvedModel> {
    const { sha256, kind } = this.get(service, version);
    this.models.delete(`${service}@${version}`);
    if (this.folder !== null)
      await rm(this.fileOf(this.folder, { service, version, sha256 }), { force: true });
    return { service, version, sha256, kind };
  }

  private load(place: Place, content: string): Loaded {
    const file = readChecked(content, place);
    const loaded = { ...place, kind: file.kind, model: openModel(file), rehearsal: file.rehearsal };
    this.models.set(`${place.service}@${place.version}`, loaded);
    return loaded;
  }

  private fileOf(folder: string, { service, version, sha256 }: Place): string {
    return join(folder, `${service}@${version}@${sha256}.json`);
  }
}

function readChecked(content: string, { service, version, sha256 }: Place): ReturnType<typeof readModel> {
  try {
    return readModel(content, sha256);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new ShelfError(400, `Version "${version}" of "${service}": ${error.message}`, { cause: error });
  }
}

async function readSource(file: string): Promise<string> {
  return readFile(fromProject(file), 'utf8').catch((error: unknown) => {
    throw new ShelfError(400, `There is no model "${file}".`, { cause: error });
  });
}
