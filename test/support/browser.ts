import { existsSync } from 'node:fs';

/** Where Chromium and Chrome are usually installed. */
const USUAL = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser for tests of pages: `SLUICE_TEST_BROWSER`, or one that is installed; null where there is none. */
export function findBrowser(): string | null {
  const wanted = process.env['SLUICE_TEST_BROWSER'];
  if (wanted !== undefined && wanted !== '') return wanted;
  return USUAL.find((path) => existsSync(path)) ?? null;
}
