// Adds one line for each run to runs.log. A second attempt finds the line and leaves the file alone.
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const [folder = 'out', run = 'unknown', startedAt = ''] = process.argv.slice(2);
const file = join(folder, 'runs.log');
await mkdir(folder, { recursive: true });
const before = await readFile(file, 'utf8').catch(() => '');
if (!before.includes(run)) await appendFile(file, `${startedAt} ${run}\n`);
console.log(JSON.stringify({ run, runs: new Set(`${before}${run}`.split('\n')).size }));
