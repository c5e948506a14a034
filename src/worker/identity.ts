import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { basename } from 'node:path';

/** What a worker's identity tells; null stands for what an identity of another form does not tell. */
export type WorkerIdentity = {
  readonly pid: number | null;
  readonly host: string | null;
  /** See {@link projectTag}. */
  readonly project: string | null;
  /** True for a worker that ends with the command that started it. */
  readonly isPassing: boolean;
};

/**
 * How a worker calls itself on its server: `4711@laptop tetra-3f2a1c`. The project tells workers apart that share a
 * server and a task queue by accident, since each knows its own stage functions only.
 */
export function workerIdentity(projectDir: string, options: { readonly isPassing?: boolean } = {}): string {
  return `${process.pid}@${hostname()} ${projectTag(projectDir)}${options.isPassing === true ? ' run' : ''}`;
}

/** Reads what {@link workerIdentity} wrote. */
export function parseWorkerIdentity(identity: string): WorkerIdentity {
  const [, pid, host, project, passing] = /^(\d+)@(\S+)(?: (\S+)( run)?)?$/.exec(identity) ?? [];
  return {
    pid: pid === undefined ? null : Number(pid),
    host: host ?? null,
    project: project ?? null,
    isPassing: passing !== undefined,
  };
}

/** A short name for a project's folder that no other folder has: `tetra-3f2a1c`. */
export function projectTag(projectDir: string): string {
  const name = basename(projectDir).replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return `${name}-${createHash('sha256').update(projectDir).digest('hex').slice(0, 6)}`;
}
