import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { TreeRenderer } from '../../../../src/client/render/tree-renderer.js';
import { at, START } from '../../../support/a-run.js';
import { EVENTS, plain } from './a-model.js';

function terminal() {
  const chunks: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return { stream, text: () => chunks.join('') };
}

it('redraws on each event, keeps log lines above, and leaves the last state on the screen', () => {
  const { stream, text } = terminal();
  const renderer = new TreeRenderer(stream, { colours: plain, clock: () => START + 6000 });
  for (const event of EVENTS) renderer.show(event);
  const line = { stage: 'load', attempt: 1, time: at(1), level: 'info', message: 'three rows' } as const;
  renderer.show({ type: 'log', line });
  renderer.say('Cancelling the run.');
  renderer.close();
  const shown = stripVTControlCharacters(text());
  expect(shown.indexOf('load │ three rows')).toBeGreaterThan(0);
  expect(shown.lastIndexOf('market-data 1.2.0')).toBeGreaterThan(shown.indexOf('Cancelling the run.'));
  expect(shown.trimEnd().endsWith('to come')).toBe(true);
});
