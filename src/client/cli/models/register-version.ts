import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { ModelRun, RegisterRequest } from '../../../engine/models/model-version.js';
import type { ArtifactRef } from '../../../shared/task.js';
import { putObjectFile } from '../../../storage/objects.js';
import { artifactsOf, type RunArtifact } from '../../artifacts.js';
import type { RunHandle } from '../../run-handle.js';
import type { RegisterFlags } from '../commands/models.js';
import type { CliContext } from '../context.js';
import { CliError, EXIT, UsageError } from '../errors.js';
import { readPairs } from '../runs/read-pairs.js';
import { type Session, withSession } from '../runs/session.js';
import { whoIs } from '../who.js';

type Named = { readonly model: string; readonly version: string };
type Source = { readonly artifact: ArtifactRef | null; readonly run: ModelRun | null };

/** Does what `sluice models register` promises. */
export async function registerVersion(
  cli: CliContext,
  { model, version }: Named,
  flags: RegisterFlags,
): Promise<void> {
  const given = { version, by: whoIs(cli, flags.as), ...contentOf(flags) };
  if (flags.run === undefined && flags.artifact !== undefined) await requireFile(cli, flags.artifact);
  const found = await withSession(cli, { flags, mayCreate: true }, async (session) => {
    const source = await sourceOf(cli, session, flags);
    await session.ensureWorker();
    return session.client.models.register(model, { ...given, ...source });
  });
  if (cli.isJson) return cli.json({ model, ...found });
  cli.note(`${model} ${version} is registered since ${found.registered_at} by ${found.registered_by}.`);
}

function contentOf(flags: RegisterFlags): Partial<RegisterRequest> {
  const { fingerprint, description } = flags;
  return {
    metrics: metricsOf(flags.metric),
    parameters: readPairs(flags.parameter, '--parameter') ?? {},
    labels: Object.fromEntries(
      Object.entries(readPairs(flags.label, '--label') ?? {}).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
    ...(fingerprint === undefined ? {} : { data_fingerprint: fingerprint }),
    ...(description === undefined ? {} : { description }),
  };
}

function metricsOf(pairs: readonly string[] | undefined): Readonly<Record<string, number>> {
  const metrics = Object.entries(readPairs(pairs, '--metric') ?? {});
  return Object.fromEntries(
    metrics.map(([name, value]) => {
      if (typeof value === 'number') return [name, value];
      throw new UsageError(`The metric "${name}" is not a number: ${JSON.stringify(value)}.`, {
        hint: 'Write --metric f1=0.91, one --metric for each value.',
      });
    }),
  );
}

/** Said before a server is sought. */
async function requireFile(cli: CliContext, file: string): Promise<void> {
  if (!(await stat(resolve(cli.cwd, file))).isFile()) {
    throw new UsageError(`"${file}" is not a file.`, { hint: 'Pack a folder into one file first.' });
  }
}

async function sourceOf(cli: CliContext, session: Session, flags: RegisterFlags): Promise<Source> {
  const source =
    flags.run === undefined ? await fromFile(cli, session, flags) : await fromRun(session, flags.run, flags);
  const { sha256 } = source.artifact ?? {};
  if (flags.sha256 === undefined || flags.sha256.toLowerCase() === sha256) return source;
  throw new CliError(
    sha256 === undefined
      ? 'A checksum is given, and no artifact that it could be of.'
      : `The artifact has the checksum ${sha256}, not ${flags.sha256}; nothing was registered.`,
    { code: 'wrong_artifact', exitCode: EXIT.failed, hint: 'Give the file that was meant with --artifact.' },
  );
}

async function fromFile(cli: CliContext, { store }: Session, { artifact }: RegisterFlags): Promise<Source> {
  if (artifact === undefined) return { artifact: null, run: null };
  const path = resolve(cli.cwd, artifact);
  return { artifact: { name: basename(path), ...(await putObjectFile(store, path)) }, run: null };
}

/** What a run made, with the stage that made it. */
async function fromRun(session: Session, named: string, flags: RegisterFlags): Promise<Source> {
  const run = await session.find(named);
  const status = await run.status();
  const made = artifactsOf(status).filter(
    ({ stage, name }) => (flags.stage ?? stage) === stage && (flags.artifact ?? name) === name,
  );
  const [artifact, ...others] = made;
  if (flags.artifact === undefined && flags.stage !== undefined && Object.hasOwn(status.stages, flags.stage))
    return { artifact: others.length === 0 ? refOf(artifact) : null, run: runOf(run, flags.stage) };
  if (artifact !== undefined && others.length === 0)
    return { artifact: refOf(artifact), run: runOf(run, artifact.stage) };
  const known = artifactsOf(status).map(({ stage, name }) => `${name} of ${stage}`);
  throw new UsageError(
    `It is not clear which artifact of "${run.workflowId}" is meant: ${made.length === 0 ? 'none fits' : `${made.length} fit`}.`,
    {
      hint: `Name it with --artifact and its stage with --stage. There ${known.length === 0 ? 'are none' : `are: ${known.join(', ')}`}.`,
    },
  );
}

function refOf(artifact: RunArtifact | undefined): ArtifactRef | null {
  if (artifact === undefined) return null;
  const { name, sha256, size_bytes } = artifact;
  return { name, sha256, size_bytes };
}

function runOf({ workflowId, runId }: RunHandle, stage: string): ModelRun {
  return { workflow_id: workflowId, run_id: runId, stage };
}
