import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { findBrowser } from './browser.js';

/** What a page shows. */
export type PageFacts = {
  /** Exact values by the names that they have in `metrics --json`. */
  readonly numbers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly headings: readonly string[];
  readonly charts: number;
  /** Elements that a value of the report must never become. */
  readonly intruders: number;
  /** Requests to anywhere else, errors of the page, charts without height; empty where no browser is installed. */
  readonly faults: readonly string[];
};

/** Opens a page in a browser without network, at the width of a screen and of a phone; reads its text without one. */
export async function openPage(file: string): Promise<PageFacts> {
  const executablePath = findBrowser();
  if (executablePath === null) return readText(await readFile(file, 'utf8'));
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => faults.push(message.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) faults.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    const facts = await page.evaluate(READ_PAGE);
    await page.setViewportSize({ width: 400, height: 800 });
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (width > 400) faults.push(`is ${width} wide on a screen of 400`);
    return { ...(facts as Omit<PageFacts, 'faults'>), faults };
  } finally {
    await browser.close();
  }
}

const READ_PAGE = `({
  numbers: [...document.querySelectorAll('data')].map((data) => [data.dataset.metric, data.value]),
  headings: [...document.querySelectorAll('h1, h2')].map((heading) => heading.textContent),
  charts: [...document.querySelectorAll('figure svg')].filter((svg) => svg.getBoundingClientRect().height > 10).length,
  intruders: document.querySelectorAll('img, b, iframe, script:not([type="application/json"])').length,
})`;

function readText(html: string): PageFacts {
  const all = (pattern: RegExp) => [...html.matchAll(pattern)].map((match) => match.slice(1));
  return {
    numbers: all(/<data data-metric="([^"]*)" value="([^"]*)">/g).map(([name = '', value = '']) => [
      name,
      value,
    ]),
    headings: all(/<h[12]>([^<]*)</g).flat(),
    charts: all(/<figure[^>]*>(<svg)/g).length,
    intruders: all(/(<img|<b>|<iframe|<script(?! type="application\/json"))/g).length,
    faults: [],
  };
}
