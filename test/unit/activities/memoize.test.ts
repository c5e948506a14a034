import { afterEach, describe, expect, test, vi } from 'vitest';
import { memoize } from '../../../src/activities/memoize.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('a memoized function', () => {
  test('is called once for each key, also by calls at the same time', async () => {
    const load = vi.fn<(name: string, size: number) => Promise<string>>(
      async (name, size) => `${name} ${size}`,
    );
    const cached = memoize(load);
    expect(await Promise.all([cached('a', 1), cached('a', 1), cached('a', 2)])).toEqual([
      'a 1',
      'a 1',
      'a 2',
    ]);
    expect(await cached('a', 1)).toBe('a 1');
    expect(load).toHaveBeenCalledTimes(2);
  });

  test('remembers values that are nothing', async () => {
    const load = vi.fn<() => undefined>(() => undefined);
    const cached = memoize(load);
    await cached();
    await cached();
    expect(load).toHaveBeenCalledTimes(1);
  });

  test('does not remember a failure, which all who waited for it get', async () => {
    const load = vi
      .fn<(name: string) => string>()
      .mockImplementationOnce(() => {
        throw new Error('offline');
      })
      .mockReturnValue('here');
    const cached = memoize(load);
    const both = await Promise.allSettled([cached('a'), cached('a')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cached('a')).toBe('here');
    expect(load).toHaveBeenCalledTimes(2);
  });

  test('forgets the value that was not used for longest, and all when it is told to', async () => {
    const load = vi.fn<(n: number) => number>((n) => n);
    const cached = memoize(load, { max: 2, key: (n) => String(n) });
    for (const n of [1, 2, 1, 3, 1, 2]) await cached(n);
    expect(load.mock.calls.flat()).toEqual([1, 2, 3, 2]);
    cached.clear();
    await cached(1);
    expect(load).toHaveBeenCalledTimes(5);
  });

  test('forgets a value that is too old, counted from when it was there', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout'] });
    let finish = (_value: string): void => undefined;
    const load = vi.fn<() => Promise<string>>(
      () =>
        new Promise<string>((resolve) => {
          finish = resolve;
        }),
    );
    const cached = memoize(load, { ttl: '10m' });
    const first = cached();
    await vi.advanceTimersByTimeAsync(3_600_000);
    const second = cached();
    finish('value');
    expect(await Promise.all([first, second])).toEqual(['value', 'value']);
    await vi.advanceTimersByTimeAsync(599_000);
    await cached();
    expect(load).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2_000);
    void cached();
    expect(load).toHaveBeenCalledTimes(2);
  });

  test('says what is wrong with its options', () => {
    expect(() => memoize(() => 1, { ttl: 'soon' })).toThrow('`ttl` must be a duration');
    expect(() => memoize(() => 1, { ttl: 0 })).toThrow('`ttl` must be a duration');
    expect(() => memoize(() => 1, { max: 0 })).toThrow('`max` must be a whole number of at least 1, got 0.');
  });
});
