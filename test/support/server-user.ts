import { startEmbeddedServer } from '../../src/client/temporal-server/embedded-server.js';

// A process that uses the embedded server of the folder given as its argument, until it is told to release it or to exit without.

const [dir = ''] = process.argv.slice(2);
const server = await startEmbeddedServer({ dir, headless: true });
const { address, pid, owned } = server;
process.on('message', (message) => {
  if (message === 'exit') process.exit();
  void server.release().then(() => process.exit());
});
process.send?.({ address, pid, owned });
