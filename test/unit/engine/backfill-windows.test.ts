import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packWindows, unpackWindows } from '../../../src/engine/backfill-windows.js';

describe('packed windows', () => {
  it('give back the windows that were packed', () => {
    const lengths = fc.array(fc.constantFrom(82_800_000, 86_400_000, 90_000_000), { maxLength: 60 });
    fc.assert(
      fc.property(lengths, (each) => {
        let at = Date.parse('2024-01-01T00:00:00.000Z');
        const windows = each.map((ms, index) => {
          const start = new Date(at).toISOString();
          at += ms;
          return { start, end: new Date(at).toISOString(), key: `k${index}`, index };
        });
        expect(unpackWindows(packWindows(windows))).toEqual(windows);
      }),
    );
  });

  it('take little more room than their names', () => {
    const start = Date.parse('2010-01-01T00:00:00.000Z');
    const windows = Array.from({ length: 5_000 }, (_, i) => ({
      start: new Date(start + i * 86_400_000).toISOString(),
      end: new Date(start + (i + 1) * 86_400_000).toISOString(),
      key: new Date(start + i * 86_400_000).toISOString().slice(0, 10),
    }));
    expect(JSON.stringify(packWindows(windows)).length).toBeLessThan(5_000 * 13 + 200);
  });
});
