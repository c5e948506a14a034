import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from './repository.js';

type Seed = { readonly file: string; readonly code: string; readonly rule: string; readonly says?: string };

const RESTRICTED_IMPORT = 'eslint(no-restricted-imports)';
const RESTRICTED_GLOBAL = 'eslint(no-restricted-globals)';

/** Each line: a folder, what it may not import, and the words that the message must hold. */
const FORBIDDEN_IMPORTS: ReadonlyArray<readonly [from: string, specifier: string, says: string]> = [
  ['shared', '../engine/thing.js', 'imports go down only'],
  ['engine', '../expressions/thing.js', 'imports go down only'],
  ['engine', '../workflows/thing.js', 'imports go down only'],
  ['expressions', '../definition/thing.js', 'imports go down only'],
  ['expressions', '../workflows/thing.js', 'imports go down only'],
  ['definition', '../workflows/thing.js', 'imports go down only'],
  ['definition', '../activities/thing.js', 'imports go down only'],
  ['workflows', '../definition/thing.js', 'never values'],
  ['workflows', '../activities/thing.js', 'never values'],
  ['workflows', '../storage/thing.js', 'imports go down only'],
  ['workflows', '../client/thing.js', 'imports go down only'],
  ['activities', '../worker/thing.js', 'imports go down only'],
  ['storage', '../activities/thing.js', 'imports go down only'],
  ['storage', '../worker/thing.js', 'imports go down only'],
  ['storage', '../workflows/thing.js', 'imports go down only'],
  ['worker', '../client/thing.js', 'imports go down only'],
  ['client', '../testing/thing.js', 'imports go down only'],
  ['client', '../nodes/thing.js', 'imports go down only'],
  ['activities', '../nodes/thing.js', 'imports go down only'],
  ['worker', '../nodes/thing.js', 'imports go down only'],
  ['nodes', '../worker/thing.js', 'nothing imports it'],
  ['nodes/llm', '../../storage/thing.js', 'nothing imports it'],
  ['client/cli', '../../testing/thing.js', 'imports go down only'],
];

const PURE_FOLDERS = ['shared', 'engine', 'expressions', 'workflows'];
const IMPURE_PACKAGES = [
  'node:fs',
  'zod',
  'pino',
  'uuid',
  '@temporalio/client',
  '@temporalio/worker',
  '@temporalio/activity',
  '@temporalio/testing',
  '@temporalio/common/lib/converter/extstore',
];
const IMPURE_GLOBALS = ['process', 'console', 'setTimeout', 'setInterval', 'fetch', 'Buffer'];

const GENERAL: readonly Seed[] = [
  seedOf(
    'floating',
    'async function go(): Promise<void> {}\nexport function start(): void { go(); }',
    'typescript(no-floating-promises)',
  ),
  seedOf(
    'misused',
    'export function each(list: string[]): void { list.forEach(async (one) => { await Promise.resolve(one); }); }',
    'typescript(no-misused-promises)',
  ),
  seedOf(
    'switch',
    "export function say(kind: 'a' | 'b'): void { switch (kind) { case 'a': say('b'); } }",
    'typescript(switch-exhaustiveness-check)',
  ),
  seedOf('any', 'export const value: any = 1;', 'typescript(no-explicit-any)'),
  seedOf(
    'bang',
    'export const first = (list: string[]): string => list[0]!;',
    'typescript(no-non-null-assertion)',
  ),
  seedOf('console', "console.log('hello');\nexport const here = 1;", 'eslint(no-console)'),
  seedOf(
    'exit',
    'export const end = (): never => process.exit(1);',
    'eslint(no-restricted-properties)',
    'main.ts',
  ),
  seedOf('default', 'export default 1;', 'import(no-default-export)'),
  seedOf(
    'type-import',
    "import { thing } from './thing.js';\nexport type Thing = typeof thing;",
    'typescript(consistent-type-imports)',
  ),
  seedOf(
    'lines',
    Array.from({ length: 301 }, (_, line) => `export const line${line} = ${line};`).join('\n'),
    'eslint(max-lines)',
  ),
  seedOf(
    'long',
    `export function long(): number {\n  let sum = 0;\n${'  sum += 1;\n'.repeat(60)}  return sum;\n}`,
    'eslint(max-lines-per-function)',
  ),
  seedOf(
    'note',
    `// ${['to', 'do'].join('')}: later\nexport const later = 1;`,
    'eslint(no-warning-comments)',
  ),
  {
    file: 'src/worker/cycle-a.ts',
    code: "import { b } from './cycle-b.js';\nexport const a = (): number => b();",
    rule: 'import(no-cycle)',
  },
  {
    file: 'src/worker/cycle-b.ts',
    code: "import { a } from './cycle-a.js';\nexport const b = (): number => a();",
    rule: 'import(no-cycle)',
  },
  {
    file: 'src/engine/clock.ts',
    code: 'export const now = (): number => Date.now();',
    rule: 'eslint(no-restricted-properties)',
    says: 'Pass the time in',
  },
  {
    file: 'src/engine/dice.ts',
    code: 'export const dice = (): number => Math.random();',
    rule: 'eslint(no-restricted-properties)',
    says: 'Pass randomness in',
  },
  {
    file: 'test/only.test.ts',
    code: "import { it } from 'vitest';\nit.only('runs alone', () => undefined);",
    rule: 'vitest(no-focused-tests)',
  },
  {
    file: 'test/skip.test.ts',
    code: "import { it } from 'vitest';\nit.skip('never runs', () => undefined);",
    rule: 'vitest(no-disabled-tests)',
  },
];

/** Code that every rule must leave alone. */
const ALLOWED: ReadonlyArray<readonly [file: string, code: string]> = [
  ['src/engine/uses-shared.ts', "import { thing } from '../shared/thing.js';\nexport const here = thing;"],
  [
    'src/engine/deep/uses-shared.ts',
    "import { thing } from '../../shared/thing.js';\nimport { thing as near } from '../thing.js';\nexport const here = [thing, near];",
  ],
  [
    'src/expressions/uses-cel.ts',
    "import { Environment } from '@marcbachmann/cel-js';\nimport { thing } from '../engine/thing.js';\nexport const here = [Environment, thing];",
  ],
  [
    'src/workflows/uses-types.ts',
    "import type { thing } from '../activities/thing.js';\nexport type Thing = typeof thing;",
  ],
  [
    'src/workflows/uses-temporal.ts',
    "import { sleep } from '@temporalio/workflow';\nimport { ApplicationFailure } from '@temporalio/common';\nexport const here = [sleep, ApplicationFailure];",
  ],
  [
    'src/activities/uses-storage.ts',
    "import { readFile } from 'node:fs/promises';\nimport { thing } from '../storage/thing.js';\nexport const here = [readFile, thing];",
  ],
  [
    'src/nodes/uses-activities.ts',
    "import { thing } from '../activities/thing.js';\nexport const here = thing;",
  ],
  ['src/testing/uses-all.ts', "import { thing } from '../client/thing.js';\nexport const here = thing;"],
  ['src/client/cli/main.ts', 'export const end = (): never => process.exit(0);'],
  ['examples/mine/sluice.config.ts', 'export default { stages: [] };'],
];

const IMPORTS: readonly Seed[] = FORBIDDEN_IMPORTS.map(([from, specifier, says], index) => ({
  file: `src/${from}/up-${index}.ts`,
  code: `import { thing } from '${specifier}';\nexport const here = thing;`,
  rule: RESTRICTED_IMPORT,
  says,
}));

const PACKAGES: readonly Seed[] = PURE_FOLDERS.flatMap((folder) =>
  IMPURE_PACKAGES.map((name, index) => ({
    file: `src/${folder}/package-${index}.ts`,
    code: `import * as impure from '${name}';\nexport const here = impure;`,
    rule: RESTRICTED_IMPORT,
    says: `src/${folder} is`,
  })),
);

const GLOBALS: readonly Seed[] = PURE_FOLDERS.flatMap((folder) =>
  IMPURE_GLOBALS.map((name) => ({
    file: `src/${folder}/global-${name.toLowerCase()}.ts`,
    code: `export const here = (): unknown => ${name};`,
    rule: RESTRICTED_GLOBAL,
    says: 'pure',
  })),
);

type Finding = {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  readonly filename: string;
};

describe('the lint rules', () => {
  let root = '';
  let findings: readonly Finding[] = [];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'sluice-lint-'));
    await plantTree(root);
    findings = await lint(root);
  });

  afterAll(() => rm(root, { recursive: true, force: true }));

  it.each([...IMPORTS, ...PACKAGES, ...GLOBALS, ...GENERAL])(
    'report $rule in $file',
    ({ file, rule, says }) => {
      const found = findings.filter((finding) => finding.filename === file && finding.code === rule);
      expect(found.length).toBeGreaterThan(0);
      if (says !== undefined) {
        expect(found.some((finding) => `${finding.message} ${finding.help ?? ''}`.includes(says))).toBe(true);
      }
    },
  );

  it.each(ALLOWED)('leave %s alone', (file) => {
    expect(findings.filter((finding) => finding.filename === file)).toEqual([]);
  });

  it('never look into installed packages, build output or run output', () => {
    expect(findings.filter((finding) => /node_modules|dist|\.sluice/.test(finding.filename))).toEqual([]);
  });
});

function seedOf(name: string, code: string, rule: string, says?: string): Seed {
  return { file: `src/worker/${name}.ts`, code, rule, ...(says === undefined ? {} : { says }) };
}

async function plantTree(root: string): Promise<void> {
  const layers = [
    'shared',
    'engine',
    'expressions',
    'definition',
    'workflows',
    'activities',
    'storage',
    'worker',
  ];
  const things = [...layers, 'client', 'nodes', 'testing'].map(
    (layer) => [`src/${layer}/thing.ts`, 'export const thing = 1;'] as const,
  );
  const ignored = ['dist/built.ts', 'src/node_modules/other/index.ts', '.sluice/cache.ts'];
  const files = [
    ...things,
    ...ALLOWED,
    ...[...IMPORTS, ...PACKAGES, ...GLOBALS, ...GENERAL].map((seed) => [seed.file, seed.code] as const),
    ...ignored.map((file) => [file, 'export const value: any = 1;'] as const),
  ];
  await Promise.all(
    files.map(async ([file, code]) => {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), `${code}\n`);
    }),
  );
  await copyFile(join(REPOSITORY, '.oxlintrc.json'), join(root, '.oxlintrc.json'));
  await copyFile(join(REPOSITORY, 'tsconfig.json'), join(root, 'tsconfig.json'));
  await symlink(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
}

/** Findings make oxlint exit with 1, so the exit code says nothing here; output that is no JSON does. */
function lint(root: string): Promise<readonly Finding[]> {
  const oxlint = join(REPOSITORY, 'node_modules/oxlint/bin/oxlint');
  const args = [oxlint, '--type-aware', '--format', 'json', 'src', 'test', 'examples'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => {
      try {
        resolve((JSON.parse(stdout) as { readonly diagnostics: readonly Finding[] }).diagnostics);
      } catch {
        reject(new Error(`oxlint gave no JSON: ${stdout.slice(0, 2000)}${stderr}`, { cause: error }));
      }
    });
  });
}
