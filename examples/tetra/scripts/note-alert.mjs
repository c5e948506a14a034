// Adds one line for each alert to alerts.log, which is what a channel of the kind `command` is for.
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

const folder = process.env.OUT_DIR ?? 'out';
await mkdir(folder, { recursive: true });
const line = `${new Date().toISOString()} ${process.env.SLUICE_ALERT_TITLE ?? 'an alert'}\n`;
await appendFile(join(folder, 'alerts.log'), line);
console.log(line.trimEnd());
