// Draws the graphs in the READMEs of the examples again: each block that `<!-- sluice graph FILE -->` announces.
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { execa } from 'execa';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SLUICE = join(ROOT, 'dist/client/cli/main.js');
const BLOCK = /(<!-- sluice graph (\S+) -->\n)(?:\n```mermaid\n[^`]*```\n)?/g;

for (const example of await readdir(join(ROOT, 'examples'))) {
  const folder = join(ROOT, 'examples', example);
  const readme = join(folder, 'README.md');
  if (!existsSync(readme)) continue;
  const before = await readFile(readme, 'utf8');
  const drawn = new Map();
  for (const [, , file] of before.matchAll(BLOCK)) {
    const { stdout } = await execa(process.execPath, [SLUICE, 'graph', file], { cwd: folder });
    drawn.set(file, stdout);
  }
  const after = before.replaceAll(
    BLOCK,
    (_, marker, file) => `${marker}\n\`\`\`mermaid\n${drawn.get(file)}\n\`\`\`\n`,
  );
  if (after === before) continue;
  await writeFile(readme, after);
  console.log(`Drew ${drawn.size} graphs in examples/${example}/README.md.`);
}
