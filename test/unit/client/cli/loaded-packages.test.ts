import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../../../../src', import.meta.url));
const IMPORT = /^(?:import|export) (?!type )[^;]*? from '([^']+)';|^import '([^']+)';/gms;

/** Names of the packages that a file loads when it is loaded itself, with all that its own imports load. */
function packagesOf(file: string): readonly string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const [, from, bare] of readFileSync(path, 'utf8').matchAll(IMPORT)) {
      const name = from ?? bare ?? '';
      if (name.startsWith('.')) visit(join(dirname(path), name.replace(/\.js$/, '.ts')));
      else if (!name.startsWith('node:')) packages.add(nameOf(name));
    }
  };
  visit(join(SRC, file));
  return [...packages].toSorted();
}

function nameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

test('help and completion load no more than what reads a command line and its durations, and draws a table', () => {
  expect(packagesOf('client/cli/main.ts')).toEqual([
    'cli-table3',
    'commander',
    'iso8601-duration',
    'parse-duration',
    'picocolors',
  ]);
});

test('a command that checks files loads nothing of Temporal', () => {
  expect(packagesOf('client/cli/load-plan.ts').filter((name) => name.startsWith('@temporalio'))).toEqual([]);
});

test('a command that asks a server loads no worker, and no library for what it may never do', () => {
  const packages = packagesOf('client/cli/runs/session.ts');
  expect(packages).toContain('@temporalio/client');
  for (const heavy of ['@temporalio/worker', 'undici', 'execa', 'pino', 'luxon', 'yaml']) {
    expect(packages).not.toContain(heavy);
  }
});

test('a worker loads libraries for requests and commands with the first stage that needs them', () => {
  const packages = packagesOf('worker/create-worker.ts');
  expect(packages).toContain('@temporalio/worker');
  for (const heavy of ['undici', 'execa', 'nodemailer', '@aws-sdk/client-s3']) {
    expect(packages).not.toContain(heavy);
  }
});
