import { describe, expect, test } from 'vitest';
import { createRedactor, fillSecrets } from '../../../src/activities/secrets.js';
import { aTask } from './attempt-rig.js';

const hide = (values: string[], text: string): string => createRedactor(values)?.(text) ?? text;

describe('redaction', () => {
  test('hides every form in which a value is written', () => {
    const value = 'p@ss "w/rd"';
    expect(hide([value], `plain ${value}`)).toBe('plain ***');
    expect(hide([value], JSON.stringify({ value }))).toBe('{"value":"***"}');
    expect(hide([value], `?q=${encodeURIComponent(value)}`)).toBe('?q=***');
  });

  test('hides a longer value before a shorter one that is part of it', () => {
    expect(hide(['abcd', 'abcdefgh'], 'abcdefgh abcd')).toBe('*** ***');
  });

  test('hides each line of a value with line breaks', () => {
    expect(hide(['-----BEGIN-----\nMIIEabc\n-----END-----\n'], 'read MIIEabc now')).toBe('read *** now');
  });

  test('leaves values of fewer than four characters alone', () => {
    expect(createRedactor(['abc', ''])).toBeUndefined();
  });

  test('takes values as text, not as a pattern', () => {
    expect(hide(['a.*b$'], 'axxb$ a.*b$')).toBe('axxb$ ***');
  });
});

describe('filling in', () => {
  const task = (at: string, params: object | string = { a: ['***'] }) =>
    aTask({
      params: JSON.parse(JSON.stringify(params)),
      secrets: ['KEY'],
      secret_slots: [{ at, parts: ['<', { secret: 'KEY' }, '>'] }],
    });
  const env = { KEY: 'value' };

  test('puts text and secrets together at a JSON pointer', () => {
    expect(fillSecrets(task('/a/0'), env)).toEqual({ a: ['<value>'] });
    expect(fillSecrets(task('', '***'), env)).toBe('<value>');
    expect(fillSecrets(task('/x~0y', { 'x~y': '***' }), env)).toEqual({ 'x~y': '<value>' });
  });

  test.each(['/b', '/a/1', '/a/0/c', '/__proto__/x', '/constructor'])('refuses the place %s', (at) => {
    expect(() => fillSecrets(task(at), env)).toThrow(`The task has no value at "${at}" to put a secret in.`);
  });
});
