import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { WorkflowRig } from '../support/workflow-rig.js';
import { resultOf } from '../support/result-of.js';
import { SCENARIOS, STAGES, WORKFLOWS } from './scenarios.js';

// `npm run record:histories` writes the histories of the version in package.json. Run it once for each release, and
// never again for a version that was released: the point of a history is that it was recorded by older code.

const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};
const folder = fileURLToPath(new URL(`histories/${version}/`, import.meta.url));
await mkdir(folder, { recursive: true });
const rig = await WorkflowRig.create(STAGES);
try {
  for (const [name, plan] of Object.entries(SCENARIOS)) {
    const handle = await rig.start(plan, { id: `${plan.pipeline}/${name}` });
    const { status } = await resultOf(handle);
    await write(name, handle);
    process.stdout.write(`${name}: ${status}\n`);
  }
  for (const [name, { type, id, input, play }] of Object.entries(WORKFLOWS)) {
    const handle = await rig.startWorkflow(type, id, input);
    await play(handle);
    await write(name, handle);
    process.stdout.write(`${name}\n`);
  }
} finally {
  await rig.close();
}

async function write(name: string, handle: WorkflowHandle): Promise<void> {
  // Who ran it and where the code lay says nothing about the run.
  const history = historyToJSON(await handle.fetchHistory())
    .replaceAll(/"identity": "[^"]*"/g, '"identity": "rig"')
    .replaceAll(/"stackTrace": "(?:[^"\\]|\\.)*"/g, '"stackTrace": ""');
  await writeFile(`${folder}${name}.json`, `${history}\n`);
}
