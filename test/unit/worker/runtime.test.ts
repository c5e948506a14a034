import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { skipUnheard, temporalLogger } from '../../../src/worker/runtime.js';

function aLog() {
  const lines: unknown[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  return { lines, log: temporalLogger(pino({ level: 'info' }, sink)) };
}

test('what the library says goes to the log with its facts, without tasks and tokens', () => {
  const { lines, log } = aLog();
  log.error('it broke', {
    workflowId: 'w',
    task: 'inputs',
    taskToken: 't',
    taskEncoded: 'x',
    error: new Error('why'),
  });
  expect(lines).toMatchObject([{ level: 50, msg: 'it broke', workflowId: 'w', err: { message: 'why' } }]);
  expect(JSON.stringify(lines)).not.toMatch(/inputs|taskToken|taskEncoded/);
});

test('failures of stages are not said twice, and levels that are off not at all', () => {
  const { lines, log } = aLog();
  log.warn('Activity failed', { error: new Error('no') });
  log.debug('details');
  log.info('said');
  expect(lines).toMatchObject([{ level: 30, msg: 'said' }]);
});

test('the library does no work for lines that the log would refuse, and none are lost when its level changes', () => {
  const { log: sdk, lines } = aLog();
  const heard: string[] = [];
  sdk.debug = (message) => void heard.push(message);
  const operator = pino({ level: 'info' });
  skipUnheard(sdk, operator);
  sdk.debug('refused');
  operator.level = 'debug';
  sdk.debug('wanted');
  sdk.info('said');
  expect(heard).toEqual(['wanted']);
  expect(lines).toMatchObject([{ msg: 'said' }]);
});
