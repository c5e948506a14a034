// Bundles the compiled workflow code once, so that workers start without webpack. Runs after tsc.
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writeBundle } from '../dist/worker/workflow-bundle.js';

const file = fileURLToPath(new URL('../dist/workflow-bundle.js', import.meta.url));
await writeBundle(file);
const { size } = await stat(file);
process.stdout.write(`Bundled the workflow code: ${file} (${(size / 1024 / 1024).toFixed(1)} MB)\n`);
