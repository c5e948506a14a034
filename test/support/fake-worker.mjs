// Stands in for the command's main file: tells what it was given and what ends it.
import { appendFileSync } from 'node:fs';

const { FAKE_WORKER_LOG: log = '', TEMPORAL_ADDRESS: address } = process.env;
appendFileSync(log, `${process.argv[2]} ${address} ${process.pid}\n`);
const timer = setInterval(() => undefined, 1_000);
process.on('SIGINT', () => appendFileSync(log, 'SIGINT\n'));
process.on('SIGTERM', () => {
  appendFileSync(log, 'SIGTERM\n');
  clearInterval(timer);
});
