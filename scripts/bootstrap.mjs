#!/usr/bin/env node
// Brings a checkout to the point where a command can run: packages, build, Temporal servers; then runs the command.
// Uses Node's own modules only, because it runs before anything is installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DEMO_PIPELINE = 'examples/tetra/pipelines/tetra.yaml';
const LAST_LINES = 20;
const MOST_FILES_AGAIN = 5;

const NEEDED_NODE = [20, 19];
const COMMANDS = { demo, test, bench };

/** A step that failed, with what to tell the user. */
class StepError extends Error {}

const [command = '', ...extra] = process.argv.slice(2);
const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
if (run === undefined) {
  say(`Usage: node scripts/bootstrap.mjs ${Object.keys(COMMANDS).join('|')} [arguments of the command]`);
  process.exit(2);
}
try {
  requireNode();
  process.exitCode = await run(extra);
} catch (error) {
  if (!(error instanceof StepError)) throw error;
  say(error.message);
  process.exitCode = 1;
}

/** Runs the whole chain of the first example on a local Temporal server. */
async function demo(args) {
  await prepare(['temporal_cli']);
  say(`Running ${DEMO_PIPELINE}`);
  return runInForeground([join('dist', 'client', 'cli', 'main.js'), 'run', DEMO_PIPELINE, ...args]);
}

/**
 * Runs every test and ends with a line of two numbers. A few files that fail run once more with nothing beside them: on
 * a busy machine real processes can be later than they should. A test that fails twice has failed.
 */
async function test(args) {
  await prepare(['temporal_cli', 'test_server']);
  const all = await runTests(args);
  const { failedFiles } = all;
  const mayPass = args.length === 0 && failedFiles.length > 0 && failedFiles.length <= MOST_FILES_AGAIN;
  if (mayPass) say(`Running once more, by themselves:\n${failedFiles.join('\n')}`);
  const again = mayPass ? await runTests(['--no-file-parallelism', ...failedFiles]) : null;
  const { passed, failed } = again === null ? all : countsAfter(all, again);
  if (passed + failed === 0) say('No test ran.');
  else if (all.exitCode !== 0 && all.failed === 0)
    say(`The test runner ended with code ${all.exitCode} although no test failed; see above.`);
  const exitCode = again === null ? all.exitCode : again.exitCode;
  if (again !== null && failed === 0) say(`Passed only when run once more:\n${failedFiles.join('\n')}`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return exitCode === 0 && passed > 0 && failed === 0 ? 0 : 1;
}

async function runTests(args) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const exitCode = await runInForeground([
    join('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    ...reporters,
    ...args,
  ]);
  const counts = await countTests(report);
  await rm(folder, { recursive: true });
  return { exitCode, ...counts };
}

/** The counts of all tests when those of the failed files are counted by their second run. */
function countsAfter(all, again) {
  const counted = again.passed + again.failed > 0;
  if (!counted) return { passed: all.passed, failed: Math.max(all.failed, 1) };
  return { passed: all.passed - all.passedInFailedFiles + again.passed, failed: again.failed };
}

/** Compares Sluice with a hand-written workflow. */
async function bench(args) {
  await prepare(['temporal_cli']);
  return runInForeground([
    join('node_modules', 'jiti', 'lib', 'jiti-cli.mjs'),
    join('bench', 'main.ts'),
    ...args,
  ]);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [neededMajor, neededMinor] = NEEDED_NODE;
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  throw new StepError(
    `Node ${process.versions.node} is too old: install Node ${NEEDED_NODE.join('.')} or later.`,
  );
}

async function prepare(tools) {
  await install();
  await build();
  const { runSetup } = await import(pathToFileURL(join(ROOT, 'dist/client/temporal-server/setup.js')).href);
  try {
    await runSetup({ tools, onStep: ({ message }) => say(message) });
  } catch (error) {
    const hint = typeof error.hint === 'string' ? `\n${error.hint}` : '';
    throw new StepError(`Getting the Temporal servers failed. ${error.message}${hint}`, { cause: error });
  }
}

async function install() {
  if (await isInstalled()) return;
  const options = ['--include=dev', '--no-audit', '--no-fund'];
  try {
    await quietly('Installing packages (npm ci)', 'npm', ['ci', ...options]);
  } catch (error) {
    // Where a registry holds no builds for other systems, npm writes lock files that npm ci then calls incomplete.
    if (error.output?.includes('EUSAGE') !== true) throw error;
    say('npm ci does not accept package-lock.json: installing with npm install, which leaves it as it is');
    await quietly('Installing packages (npm install)', 'npm', ['install', '--no-save', ...options]);
  }
}

/** npm writes what it has installed last of all, so an interrupted installation does not count. */
async function isInstalled() {
  const wanted = await packagesIn('package-lock.json');
  const present = await packagesIn('node_modules/.package-lock.json');
  return (
    present !== null &&
    Object.entries(wanted ?? {}).every(([place, { version, link, optional }]) => {
      if (optional === true || !place.includes('node_modules/')) return true;
      if (link === true || !place.startsWith('node_modules/')) return existsSync(join(ROOT, place));
      return present[place]?.version === version;
    })
  );
}

async function packagesIn(lockFile) {
  try {
    return JSON.parse(await readFile(join(ROOT, lockFile), 'utf8')).packages;
  } catch {
    return null;
  }
}

async function build() {
  const stampFile = join(ROOT, 'dist', '.build-stamp');
  const stamp = await hashOfSources();
  const built = await readFile(stampFile, 'utf8').catch(() => '');
  if (built === stamp) return;
  await rm(join(ROOT, 'dist'), { recursive: true, force: true });
  await quietly('Building (npm run build)', 'npm', ['run', 'build']);
  await writeFile(stampFile, stamp);
}

async function hashOfSources() {
  const hash = createHash('sha256').update(process.version);
  const top = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'scripts/bundle-workflows.mjs',
  ];
  const sources = (await readdir(join(ROOT, 'src'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath ?? entry.path, entry.name)));
  for (const file of [...top, ...sources.sort()]) {
    const content = await readFile(join(ROOT, file)).catch(() => null);
    if (content !== null) hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Runs a step whose output matters only when it fails. */
async function quietly(title, program, args) {
  say(`${title} …`);
  const startedAt = Date.now();
  const logFile = join(await mkdtemp(join(tmpdir(), 'sluice-step-')), 'output.log');
  const log = createWriteStream(logFile);
  const { child, ended } = start(program, args, ['ignore', 'pipe', 'pipe']);
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const exitCode = await ended;
  await new Promise((resolve) => log.end(resolve));
  if (exitCode !== 0) {
    const output = (await readFile(logFile, 'utf8')).trimEnd();
    const lines = output.split('\n').slice(-LAST_LINES).join('\n');
    const text = `${title} failed with code ${exitCode}. The last lines of its output, all of it in ${logFile}:\n${lines}`;
    throw Object.assign(new StepError(text), { output });
  }
  await rm(join(logFile, '..'), { recursive: true });
  say(`${title}: done in ${Math.ceil((Date.now() - startedAt) / 1000)} s`);
}

async function runInForeground(args) {
  return start(process.execPath, args, 'inherit').ended;
}

function start(program, args, stdio) {
  const isNpmOnWindows = process.platform === 'win32' && program === 'npm';
  const child = spawn(isNpmOnWindows ? 'npm.cmd' : program, args, {
    cwd: ROOT,
    stdio,
    shell: isNpmOnWindows,
  });
  // Ctrl-C reaches the child by itself; this process waits for it to end properly. SIGTERM has to be passed on.
  const ignore = () => undefined;
  const pass = () => child.kill('SIGTERM');
  process.on('SIGINT', ignore).on('SIGTERM', pass);
  const ended = new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(new StepError(`${program} cannot be started: ${error.message}`, { cause: error }));
    });
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  }).finally(() => process.off('SIGINT', ignore).off('SIGTERM', pass));
  return { child, ended };
}

/** A test file that does not even load counts as one failed test. */
async function countTests(report) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(await readFile(report, 'utf8'));
    const failedFiles = testResults.filter(({ status }) => status === 'failed');
    const count = (file, status) => file.assertionResults.filter((test) => test.status === status).length;
    const broken = failedFiles.filter((file) => count(file, 'failed') === 0);
    return {
      passed: numPassedTests,
      failed: numFailedTests + broken.length,
      failedFiles: failedFiles.map(({ name }) => relative(ROOT, name)),
      passedInFailedFiles: failedFiles.reduce((sum, file) => sum + count(file, 'passed'), 0),
    };
  } catch {
    return { passed: 0, failed: 0, failedFiles: [], passedInFailedFiles: 0 };
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
