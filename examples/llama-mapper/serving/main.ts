// Starts the router and the model server: npm run serve. Ctrl-C ends both after the requests that are under way.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fromProject, shown } from '../lib/paths.js';
import { createModelServer } from './models/create-model-server.js';
import { createRouter } from './router/create-router.js';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    'router-port': { type: 'string', default: '7600' },
    'models-port': { type: 'string', default: '7601' },
    folder: { type: 'string', default: join(process.env['OUT_DIR'] ?? './out', 'serving') },
  },
});

const folder = fromProject(values.folder);
const router = await createRouter({ stateFile: join(folder, 'routes.json') });
const models = await createModelServer({ folder: join(folder, 'models'), warn: console.warn });
console.log(
  `router        ${await router.listen({ host: values.host, port: Number(values['router-port']) })}`,
);
console.log(
  `model server  ${await models.listen({ host: values.host, port: Number(values['models-port']) })}`,
);
console.log(`state         ${shown(folder)}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void router.close().then(() => models.close()));
}
