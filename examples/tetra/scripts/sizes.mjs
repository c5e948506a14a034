// Prints the files of a run for people, and the same as JSON on the last line, which becomes the stage's output.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const folder = process.argv[2] ?? 'out';
const entries = await readdir(folder, { recursive: true, withFileTypes: true });
const files = await Promise.all(
  entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path, bytes: (await stat(path)).size };
    }),
);
files.sort((a, b) => b.bytes - a.bytes);
for (const { path, bytes } of files)
  console.log(`${String(Math.ceil(bytes / 1024)).padStart(7)} KiB  ${path}`);
console.log(JSON.stringify({ files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0) }));
