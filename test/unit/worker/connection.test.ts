import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { completeConfig, loadConnectionSettings, startWorker } from '../../../src/worker/index.js';

let folder: string;
let nobody: Record<string, string>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-connection-'));
  nobody = { TEMPORAL_CONFIG_FILE: join(folder, 'temporal.toml') };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('connection settings', () => {
  test('point at this machine when nobody says otherwise', () => {
    expect(loadConnectionSettings({ env: nobody })).toEqual({
      connectionOptions: { address: 'localhost:7233' },
      namespace: 'default',
      configured: false,
    });
  });

  test('come from the environment', () => {
    const env = {
      ...nobody,
      TEMPORAL_ADDRESS: 'there:7233',
      TEMPORAL_NAMESPACE: 'prod',
      TEMPORAL_API_KEY: 'key',
    };
    expect(loadConnectionSettings({ env })).toMatchObject({
      connectionOptions: { address: 'there:7233', apiKey: 'key', tls: true },
      namespace: 'prod',
      configured: true,
    });
  });

  test('come from a profile of the configuration file', async () => {
    const text =
      '[profile.default]\naddress = "one:7233"\n[profile.prod]\naddress = "two:7233"\nnamespace = "ns"\n';
    await writeFile(join(folder, 'temporal.toml'), text);
    expect(loadConnectionSettings({ env: nobody })).toMatchObject({
      connectionOptions: { address: 'one:7233' },
      configured: true,
    });
    const named = { connectionOptions: { address: 'two:7233' }, namespace: 'ns', configured: true };
    expect(loadConnectionSettings({ env: nobody, profile: 'prod' })).toMatchObject(named);
    expect(loadConnectionSettings({ env: { ...nobody, TEMPORAL_PROFILE: 'prod' } })).toMatchObject(named);
  });

  test('name a profile that must exist', () => {
    expect(() => loadConnectionSettings({ env: nobody, profile: 'nope' })).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        message:
          "The settings of the Temporal server cannot be used: Profile 'nope' not found in config data.",
      }),
    );
  });

  test('given by the caller win', () => {
    const env = { ...nobody, TEMPORAL_ADDRESS: 'there:7233' };
    expect(loadConnectionSettings({ env, address: 'here:1', namespace: 'n' })).toMatchObject({
      connectionOptions: { address: 'here:1' },
      namespace: 'n',
      configured: true,
    });
  });
});

test('a worker names the address where nobody answers', async () => {
  const config = completeConfig({ worker: { logLevel: 'silent' } }, { file: null, projectDir: folder });
  const connectionSettings = loadConnectionSettings({ env: nobody, address: '127.0.0.1:1' });
  await expect(startWorker({ config, connectionSettings })).rejects.toMatchObject({
    name: 'TransportError',
    message: '127.0.0.1:1 does not answer (Connection refused)',
  });
});
