import { readFile, readdir } from 'node:fs/promises';

/**
 * When a process started, as text that only serves to be compared, or null when there is no such process. A pid alone
 * is not enough to know a process again: the system gives the number of a dead one to another.
 */
export async function startOf(pid: number): Promise<string | null> {
  if (!exists(pid)) return null;
  if (process.platform === 'linux') return startFromProc(pid);
  if (process.platform === 'win32') return 'unknown';
  return (await ps(['-o', 'lstart=', '-p', String(pid)])) || null;
}

/** True while the process runs; a zombie does not. Cheap enough to be asked often. */
export async function isRunning(pid: number): Promise<boolean> {
  if (!exists(pid)) return false;
  return process.platform !== 'linux' || (await startFromProc(pid)) !== null;
}

/** The command line of a process, arguments separated by spaces; null when there is none to be seen. */
export async function commandLineOf(pid: number): Promise<string | null> {
  if (!exists(pid)) return null;
  if (process.platform === 'linux') return commandFromProc(pid);
  if (process.platform === 'win32') return null;
  return (await ps(['-o', 'args=', '-p', String(pid)])) || null;
}

/** Pids of the processes whose command line fits. */
export async function findProcesses(fits: (commandLine: string) => boolean): Promise<readonly number[]> {
  const found: number[] = [];
  for (const [pid, commandLine] of await allCommandLines()) {
    if (fits(commandLine)) found.push(pid);
  }
  return found;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const STATE_FIELD = 0;
const START_FIELD = 19;

async function startFromProc(pid: number): Promise<string | null> {
  const stat = await readOrEmpty(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const start = fields[START_FIELD];
  // A zombie is dead; it only waits for its parent to notice.
  if (start === undefined || fields[STATE_FIELD] === 'Z') return null;
  const boot = await readOrEmpty('/proc/sys/kernel/random/boot_id');
  return `${boot.trim().slice(0, 8)}-${start}`;
}

async function commandFromProc(pid: number): Promise<string | null> {
  const text = await readOrEmpty(`/proc/${pid}/cmdline`);
  return text === '' ? null : text.replaceAll('\0', ' ').trim();
}

async function allCommandLines(): Promise<ReadonlyArray<readonly [pid: number, commandLine: string]>> {
  if (process.platform === 'win32') return [];
  if (process.platform === 'linux') {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
    return Promise.all(pids.map(async (pid) => [pid, (await commandFromProc(pid)) ?? ''] as const));
  }
  return (await ps(['-axo', 'pid=,args=']))
    .split('\n')
    .map((line) => [Number.parseInt(line, 10), line.trim().replace(/^\d+\s+/, '')] as const);
}

async function readOrEmpty(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return '';
  }
}

async function ps(args: readonly string[]): Promise<string> {
  const { execa } = await import('execa');
  const { stdout } = await execa('ps', args, { reject: false, env: { LC_ALL: 'C' } });
  return stdout.trim();
}
