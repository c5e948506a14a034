import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

type WithPid = { readonly pid?: number | undefined };

/** Megabytes at the highest point so far; null for a process that has ended, and on systems without /proc. */
export async function peakMemory({ pid }: WithPid): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1_024;
}

/** The same of a process until it ends. */
export async function watchMemory(process: WithPid): Promise<number | null> {
  let peak: number | null = null;
  for (;;) {
    const now = await peakMemory(process);
    if (now === null) return peak;
    peak = now;
    await delay(100);
  }
}
