import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REPOSITORY } from './repository.js';

/** What `temporal-sql-tool` prints for a database in which no version was ever recorded. */
const NO_SCHEMA = String.raw`ERROR {"error": "reading current schema version:pq: relation \"schema_version\" does not exist"}`;
const NO_CONNECTION = 'ERROR {"error": "no usable database connection found"}';

const BOTH = ['temporal', 'temporal_visibility'];

describe('deploy/temporal/setup-schema.sh', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-schema-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('creates the schema of databases that have none', () => {
    const { status, calls } = run({ firstUpdateSays: NO_SCHEMA });
    expect(status).toBe(0);
    expect(calls).toEqual(
      BOTH.flatMap((name) => [
        `${name} create-database`,
        `${name} update-schema`,
        `${name} setup-schema`,
        `${name} update-schema`,
      ]),
    );
  });

  it('never sets the version back where one is recorded', () => {
    const { status, calls } = run({ firstUpdateSays: null });
    expect(status).toBe(0);
    expect(calls).toEqual(BOTH.flatMap((name) => [`${name} create-database`, `${name} update-schema`]));
  });

  it('stops with what the tool said when the database cannot be updated', () => {
    const { status, calls, stderr } = run({ firstUpdateSays: NO_CONNECTION });
    expect(status).toBe(1);
    expect(calls).toEqual(['temporal create-database', 'temporal update-schema']);
    expect(stderr).toContain(NO_CONNECTION);
  });

  /** Runs the script with a tool that fails the first update of each database with the text given. */
  function run({ firstUpdateSays }: { readonly firstUpdateSays: string | null }) {
    writeFileSync(join(folder, 'says'), firstUpdateSays ?? '');
    const fails = `[ -s "${folder}/says" ] && [ ! -e "${folder}/$2" ]`;
    const tool = [
      '#!/bin/sh',
      `echo "$2 $3" >> "${folder}/calls"`,
      `if [ "$3" = update-schema ] && ${fails}; then touch "${folder}/$2"; cat "${folder}/says"; exit 1; fi`,
    ];
    writeFileSync(join(folder, 'temporal-sql-tool'), `${tool.join('\n')}\n`, { mode: 0o755 });
    const env = { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` };
    const script = join(REPOSITORY, 'deploy/temporal/setup-schema.sh');
    const { status, stderr } = spawnSync('sh', [script], { env, encoding: 'utf8' });
    return { status, stderr, calls: readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n') };
  }
});
