import { expect, it } from 'vitest';
import { fit, oneLine, pad, printable, printableJson } from '../../../../src/client/render/printable.js';

it('takes colours, cursor movements, titles, bells and text direction out of what a stage wrote', () => {
  const text = 'a\u001b[31mb\u001b[2J\u001b]0;title\u0007c\u0007\u202ed\u0000';
  expect(oneLine(text)).toBe('abcd');
  expect(printable(text)).toBe('abcd');
});

it('keeps the lines of a longer text, whatever ended them', () => {
  expect(printable('a\r\nb\tc\rd\n')).toBe('a\nb\tc\nd\n');
  expect(oneLine(' a\r\n  b\tc ')).toBe('a b c');
});

it('escapes control characters in JSON that JSON itself lets through', () => {
  expect(printableJson({ text: 'a\u009b31m\u202e' })).toBe('{\n  "text": "a\\u009b31m\\u202e"\n}');
});

it('cuts and fills by columns, not by characters', () => {
  expect(fit('価格データ', 5)).toBe('価格…');
  expect(fit('short', 5)).toBe('short');
  expect(fit('longer', 5)).toBe('long…');
  expect(fit('x', 0)).toBe('');
  expect(pad('価格', 6)).toBe('価格  ');
});
