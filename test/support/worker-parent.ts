import { spawnWorker } from '../../src/client/temporal-server/spawn-worker.js';

// Starts the command given as its first argument as a worker and stays until it is killed.

const [cliPath = '', dir = ''] = process.argv.slice(2);
await spawnWorker({ cliPath, address: '127.0.0.1:7233', namespace: 'default', dir });
process.send?.('started');
setInterval(() => undefined, 1_000);
