import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

const file = (name: string): string => fileURLToPath(new URL(`tls/${name}`, import.meta.url));

/** Of the certificate of {@link mailReceiver}, which signed itself. For tests only: its key lies beside it. */
export const CERTIFICATE_FILE = file('localhost.pem');

/** An SMTP server with TLS that wants a password and keeps what it is sent. */
export async function mailReceiver(options: Partial<SMTPServerOptions> = {}) {
  const mails: string[] = [];
  const server = new SMTPServer({
    key: readFileSync(file('localhost-key.pem')),
    cert: readFileSync(CERTIFICATE_FILE),
    onAuth: ({ username, password }, _session, callback) => {
      if (username === 'sluice' && password === 'open sesame') return callback(null, { user: username });
      return callback(Object.assign(new Error('wrong password'), { responseCode: 535 }));
    },
    onData: (stream, _session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('utf8'));
        callback(null);
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  const listening = await new Promise<AddressInfo>((resolve) => {
    const http = server.listen(0, '127.0.0.1', () => resolve(http.address() as AddressInfo));
  });
  return {
    port: listening.port,
    mails,
    close: (): Promise<void> => new Promise((resolve) => server.close(() => resolve())),
  };
}
