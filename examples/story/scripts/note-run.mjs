// Adds a line for each run to stories.log, however it ended. A second attempt finds the line and leaves the file alone.
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const [folder = 'out', run = 'unknown', status = 'unknown'] = process.argv.slice(2);
const file = join(folder, 'stories.log');
await mkdir(folder, { recursive: true });
const before = await readFile(file, 'utf8').catch(() => '');
if (!before.includes(run)) await appendFile(file, `${run} ${status}\n`);
console.log(JSON.stringify({ run, status }));
