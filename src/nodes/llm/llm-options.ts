import { createHash } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { localModel } from './local-model.js';
import type { Model } from './model.js';
import type { Recordings } from './recordings.js';
import { createTransport, type Transport } from './transport.js';

export type LlmOptions = {
  /** By the names that params use. `local` is there without being named, and needs no account. */
  readonly models?: Readonly<Record<string, Model>>;
  /** The model of stages that name none. @default "local" */
  readonly defaultModel?: string;
  /** Shapes of answers, by the names that params use. */
  readonly schemas?: Readonly<Record<string, z.ZodType>>;
  /** Keeps the responses of services for tests, or replays them. `folder` is absolute, or a URL such as `import.meta.url` makes. */
  readonly recordings?: { readonly folder: string | URL; readonly mode: Recordings['mode'] };
};

/** What the stage functions of one `llmNodes` share. */
export type LlmSetup = {
  readonly models: ReadonlyMap<string, Model>;
  readonly defaultModel: string;
  readonly schemas: ReadonlyMap<string, z.ZodType>;
  readonly transport: Transport;
  /** Another one for other models or schemas, so that nothing cached outlives a change of them. */
  readonly version: string;
};

/** Throws a `TypeError` for options that do not fit together. */
export function setUpLlm(options: LlmOptions): LlmSetup {
  const models = new Map(Object.entries({ local: localModel(), ...options.models }));
  const schemas = new Map(Object.entries(options.schemas ?? {}));
  const defaultModel = options.defaultModel ?? 'local';
  if (!models.has(defaultModel)) {
    throw new TypeError(
      `llmNodes: \`defaultModel\` is "${defaultModel}", which is none of the models: ${[...models.keys()].join(', ')}.`,
    );
  }
  const { recordings } = options;
  return {
    models,
    defaultModel,
    schemas,
    transport: createTransport(recordings === undefined ? undefined : checked(recordings)),
    version: versionOf(models, schemas),
  };
}

function checked({ folder, mode }: NonNullable<LlmOptions['recordings']>): Recordings {
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  if (!isAbsolute(path)) {
    throw new TypeError(
      `llmNodes: \`recordings.folder\` is "${path}", expected an absolute path or new URL('./recordings', import.meta.url).`,
    );
  }
  if (mode === 'record' || mode === 'replay') return { folder: path, mode };
  throw new TypeError(`llmNodes: \`recordings.mode\` is "${String(mode)}", expected "record" or "replay".`);
}

function versionOf(models: LlmSetup['models'], schemas: LlmSetup['schemas']): string {
  const parts = {
    models: [...models].map(([name, { identity }]) => [name, identity]),
    schemas: [...schemas].map(([name, schema]) => [name, z.toJSONSchema(schema, { unrepresentable: 'any' })]),
  };
  return `1-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12)}`;
}
