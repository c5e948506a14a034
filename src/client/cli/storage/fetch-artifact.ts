import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { posix } from 'node:path';
import type { RunStatus } from '../../../engine/result.js';
import type { BlobStore } from '../../../storage/blob-store.js';
import { openArtifact, type RunArtifact, saveArtifact } from '../../artifacts.js';
import { formatBytes } from '../../render/bytes.js';
import { oneLine } from '../../render/printable.js';
import type { CliContext } from '../context.js';
import { UsageError } from '../errors.js';
import { wantedArtifacts } from './print-artifacts.js';

export type ArtifactRequest = {
  readonly name: string;
  readonly stage?: string;
  /** A file, `-` for standard output, or null for the artifact's own name. */
  readonly out: string | null;
  readonly store: BlobStore;
};

/** Fetches one artifact of a run to a file or to standard output. */
export async function fetchArtifact(
  cli: CliContext,
  status: RunStatus,
  request: ArtifactRequest,
): Promise<void> {
  const artifact = findArtifact(status, request);
  if (request.out === '-') return stream(cli, artifact, request.store);
  const path = resolve(cli.cwd, request.out ?? posix.basename(artifact.name));
  if (request.out === null && existsSync(path)) {
    throw new UsageError(`"${path}" exists already.`, {
      hint: 'Give another file, or this one, with --out.',
    });
  }
  await saveArtifact(request.store, artifact, path);
  if (cli.isJson) cli.json({ ...artifact, path });
  else cli.note(`Wrote ${path} (${formatBytes(artifact.size_bytes)}).`);
}

async function stream(cli: CliContext, artifact: RunArtifact, store: BlobStore): Promise<void> {
  if (cli.isJson)
    throw new UsageError('--json and --out - both need standard output.', { hint: 'Keep one.' });
  for await (const chunk of (await openArtifact(store, artifact)) as AsyncIterable<Buffer>) {
    if (!cli.stdout.write(chunk)) await new Promise((done) => cli.stdout.once('drain', done));
  }
}

function findArtifact(status: RunStatus, request: ArtifactRequest): RunArtifact {
  const all = wantedArtifacts(status, request);
  const [found, second] = all.filter(({ name }) => name === request.name);
  if (found === undefined) {
    const names = [...new Set(all.map(({ name }) => oneLine(name)))];
    throw new UsageError(`The run "${status.workflow_id}" has no artifact "${oneLine(request.name)}".`, {
      hint: names.length === 0 ? 'It has none.' : `It has: ${names.slice(0, 40).join(', ')}.`,
    });
  }
  if (second !== undefined && second.sha256 !== found.sha256) {
    const stages = all.filter(({ name }) => name === request.name).map(({ stage }) => stage);
    throw new UsageError(
      `Several stages wrote an artifact "${oneLine(request.name)}": ${stages.join(', ')}.`,
      {
        hint: 'Say which with --stage.',
      },
    );
  }
  return found;
}
