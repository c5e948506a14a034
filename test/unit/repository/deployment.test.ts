import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { searchAttributesCommand } from '../../../src/client/search-attributes.js';
import { REPOSITORY } from './repository.js';

/** The parts of a compose file that the tests below look at; the specification's own schema checks the rest. */
const composeFile = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(),
      environment: z.record(z.string(), z.string()).default({}),
      ports: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
      networks: z.array(z.string()).default([]),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
      healthcheck: z.looseObject({}).optional(),
      restart: z.string(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
  networks: z.record(z.string(), z.unknown()),
});

const raw: unknown = parse(read('docker-compose.yml'));
const compose = composeFile.parse(raw);
const services = Object.entries(compose.services);
const dockerfile = read('Dockerfile');

describe('docker-compose.yml', () => {
  it('follows the Compose Specification', () => {
    expect(composeProblems(raw)).toEqual([]);
  });

  it('would not pass with a key that the specification does not know', () => {
    expect(composeProblems({ ...composeFile.parse(raw), servces: {} })).not.toEqual([]);
  });

  it.each(services)('%s uses an image of one exact version', (_, { image }) => {
    expect(image).toMatch(/^[\w/-]+:\d+\.\d+[\w.-]*$/);
  });

  it.each(services)(
    '%s waits only for services that can reach the state it waits for',
    (_, { depends_on }) => {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const needed = compose.services[name];
        expect(needed, name).toBeDefined();
        if (condition === 'service_healthy') expect(needed?.healthcheck ?? name === 'worker').toBeTruthy();
        if (condition === 'service_completed_successfully') expect(needed?.restart).toMatch(/^on-failure/);
      }
    },
  );

  it.each(services)('%s mounts files that exist and volumes that are declared', (_, { volumes }) => {
    for (const source of volumes.map((volume) => volume.split(':')[0] ?? '')) {
      if (source.startsWith('.')) expect(existsSync(join(REPOSITORY, source)), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  it.each(services)('%s listens on the loopback interface only', (_, { ports }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it.each(services)('%s is on a declared network', (_, { networks }) => {
    expect(networks.length).toBeGreaterThan(0);
    expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(networks));
  });

  it('keeps everything but the server and its schema set-up away from the database', () => {
    const near = services.filter(([, { networks }]) => networks.includes('database')).map(([name]) => name);
    expect(near).toEqual(['postgresql', 'temporal-schema', 'temporal']);
  });

  it('takes every password from the environment and says what to do when it is not set', () => {
    const passwords = services.flatMap(([, { environment }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|PWD/.test(name)),
    );
    expect(passwords.length).toBeGreaterThan(0);
    for (const [, value] of passwords)
      expect(value).toMatch(/^\$\{SLUICE_POSTGRES_PASSWORD:\?Set SLUICE_POSTGRES_PASSWORD in \.env/);
  });

  it('names every variable that may be set in deploy/env.example', () => {
    const used = [...read('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map((match) => match[1]);
    const offered = [...read('deploy/env.example').matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]);
    expect(new Set(offered)).toEqual(new Set(used));
  });
});

describe('the Temporal set-up', () => {
  it('raises the limits that make a chain of stages slow, and turns on priorities and fairness', () => {
    expect(parse(read('deploy/temporal/dynamic-config.yaml'))).toEqual({
      'history.transferProcessorMaxPollRPS': [{ value: 2000 }],
      'system.enableActivityEagerExecution': [{ value: true }],
      'matching.useNewMatcher': [{ value: true }],
      'matching.enableFairness': [{ value: true }],
    });
  });

  it('creates the search attributes that runs set, with their types', () => {
    const created = [
      ...read('deploy/temporal/setup-namespace.sh').matchAll(/^search_attribute (\w+) (\w+)$/gm),
    ];
    const wanted = [...searchAttributesCommand('default').matchAll(/--name (\w+) --type (\w+)/g)];
    expect(created.map(([, name, type]) => [name, type])).toEqual(
      wanted.map(([, name, type]) => [name, type]),
    );
  });
});

describe('Dockerfile', () => {
  it('copies only what exists', () => {
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(?:--chown=\S+ )?(.+) \S+$/gm)].flatMap(
      (match) => (match[1] ?? '').split(' '),
    );
    const project = /^ARG PROJECT=(.+)$/m.exec(dockerfile)?.[1] ?? '';
    expect(sources.length).toBeGreaterThan(4);
    for (const source of sources) {
      expect(existsSync(join(REPOSITORY, source.replace('${PROJECT}', project))), source).toBe(true);
    }
  });

  it('serves a project that has a configuration', () => {
    const project = /^ARG PROJECT=(.+)$/m.exec(dockerfile)?.[1] ?? '';
    expect(compose.services['worker']?.['build']).toMatchObject({
      args: { PROJECT: `\${SLUICE_PROJECT:-${project}}` },
    });
    expect(existsSync(join(REPOSITORY, project, 'sluice.config.ts'))).toBe(true);
  });

  it('installs no development package in the image that runs, and does not run as root', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toContain('COPY --from=dependencies');
    expect(dockerfile).toMatch(/AS dependencies\n.*\n.*npm ci .*--omit=dev/);
    expect(last).toMatch(/^USER node$/m);
    expect(last.indexOf('\nUSER ')).toBeLessThan(last.indexOf('\nENTRYPOINT '));
  });

  it('asks the health endpoint on the port that its worker serves', () => {
    const port = /"--health-port", "(\d+)"/.exec(dockerfile)?.[1];
    expect(port).toBeDefined();
    expect(dockerfile).toMatch(new RegExp(`HEALTHCHECK [^]*http://127\\.0\\.0\\.1:${port}/healthz`));
    expect(dockerfile).toContain(`EXPOSE ${port}\n`);
  });

  it('keeps the store of the project in the volume', () => {
    const volume = /^VOLUME (\S+)$/m.exec(dockerfile)?.[1];
    expect(dockerfile).toContain(`ln --symbolic ${volume} .sluice`);
    expect(compose.services['worker']?.volumes).toContain(`sluice-store:${volume}`);
  });

  it('keeps local settings and secrets out of the build context', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.env', '**/*.env', '**/node_modules', '.git']));
  });
});

describe('the set-up scripts', () => {
  it.each(['deploy/temporal/setup-schema.sh', 'deploy/temporal/setup-namespace.sh'])(
    '%s is a file that sh can run',
    (file) => {
      expect(statSync(join(REPOSITORY, file)).isFile()).toBe(true);
      expect(read(file)).toMatch(/^#!\/bin\/sh\n/);
      expect(read(file)).toMatch(/^set -eu$/m);
    },
  );
});

function composeProblems(file: unknown): readonly unknown[] {
  const schema = z
    .record(z.string(), z.unknown())
    .parse(readJson('test/support/compose-spec/compose-spec.json'));
  const validate = new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
  validate(file);
  return validate.errors ?? [];
}

function read(file: string): string {
  return readFileSync(join(REPOSITORY, file), 'utf8');
}

function readJson(file: string): unknown {
  return JSON.parse(read(file));
}
