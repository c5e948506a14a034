import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelEvent } from '../../../../src/engine/models/model-event.js';
import { ModelBook } from '../../../../src/engine/models/model-book.js';
import { emptyModel, type ModelPageContent } from '../../../../src/engine/models/model-state.js';
import { aMove, aVersion } from '../../../support/a-model.js';

const ALIASES = ['staging', 'canary', 'production', 'best'] as const;
const VERSIONS = 8;

const alias = fc.constantFrom(...ALIASES);
const version = fc.integer({ min: 1, max: VERSIONS }).map(String);
const step = fc.oneof(
  fc.record({ do: fc.constant('register' as const), version }),
  fc.record({
    do: fc.constant('move' as const),
    alias,
    version: fc.oneof({ weight: 9, arbitrary: version }, { weight: 1, arbitrary: fc.constant(null) }),
    expected: fc.oneof(fc.constant(undefined), fc.constant(null), version),
    request: fc.oneof(fc.constant(undefined), fc.constantFrom('r1', 'r2', 'r3')),
  }),
  fc.record({ do: fc.constant('rollback' as const), alias, to: fc.oneof(fc.constant(undefined), version) }),
  fc.record({ do: fc.constant('mark' as const), version, status: fc.constantFrom('ready', 'failed') }),
  fc.constant({ do: 'continue' as const }),
  fc.constant({ do: 'page' as const }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Drives a book as its workflow does, with all that was ever put to a page beside it. */
class Driver {
  book = new ModelBook(emptyModel('m', 0));
  now = 0;
  readonly pages: ModelPageContent[] = [];

  do(step: Step): void {
    this.now += 1_000;
    switch (step.do) {
      case 'register': {
        const request = aVersion(step.version);
        if (this.book.registerRefusal(request, step.version) === null)
          this.book.register(request, step.version, this.now);
        break;
      }
      case 'move': {
        const { expected, request } = step;
        const move = aMove(step.alias, step.version, {
          ...(expected === undefined ? {} : { expected }),
          ...(request === undefined ? {} : { request }),
        });
        const before = JSON.stringify(this.book.state);
        if (this.book.moveRefusal(move) === null) {
          const answer = this.book.move(move, this.now);
          const after = JSON.stringify(this.book.state);
          // Asked for again, it gives the same answer and changes nothing.
          if (request !== undefined) expect(this.book.move(move, this.now)).toEqual(answer);
          if (request !== undefined) expect(JSON.stringify(this.book.state)).toBe(after);
        } else expect(JSON.stringify(this.book.state)).toBe(before);
        break;
      }
      case 'rollback': {
        const request = {
          alias: step.alias,
          by: 'eve',
          reason: 'alarms',
          ...(step.to ? { to: step.to } : {}),
        };
        const target = this.book.rollBackTarget(request);
        if (typeof target === 'string') this.book.rollBack(request, target, this.now);
        break;
      }
      case 'mark': {
        const status = step.status === 'failed' ? 'failed' : 'ready';
        const request = { version: step.version, status, by: 'eve', reason: 'seen' } as const;
        if (this.book.markRefusal(request) === null) this.book.mark(request, this.now);
        break;
      }
      case 'continue':
        this.book = new ModelBook(JSON.parse(JSON.stringify(this.book.state)));
        break;
      case 'page': {
        // Pages of one record, which a workflow never makes.
        const { versions, events } = this.book.records();
        const content = { versions: versions.slice(0, 1), events: events.slice(0, 1) };
        const page = { sha256: '0', size_bytes: 1, versions: 1, events: 1, from: null, to: null };
        this.pages.push(content);
        this.book.turnPage(page, content);
        break;
      }
    }
  }

  get events(): readonly ModelEvent[] {
    return [...this.pages.flatMap(({ events }) => events), ...this.book.records().events];
  }
}

describe('a book of a model, whatever is done to it', () => {
  it('tells of every alias a whole story that ends where the alias is', () => {
    check((driver) => {
      const { events } = driver;
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, i) => i + 1));
      const aliases = new Map<string, string | null>();
      for (const event of events) {
        if (event.kind !== 'moved') continue;
        expect(event.previous).toBe(aliases.get(event.alias) ?? null);
        expect(event.version).not.toBe(event.previous);
        aliases.set(event.alias, event.version);
      }
      const now = driver.book.view().aliases.map(({ alias, version }) => [alias, version]);
      expect(now).toEqual([...aliases]);
    });
  });

  it('never has a failed version under a usual alias, and none on its way to where it is', () => {
    check((driver) => {
      const { failed, aliases } = driver.book.records();
      const isFailed = new Set(failed.map(([version]) => version));
      const at = new Map(aliases.map(({ alias, version }) => [alias, version]));
      for (const usual of ['staging', 'canary', 'production']) {
        expect(isFailed.has(at.get(usual) ?? '')).toBe(false);
      }
      const live = at.get('production') ?? null;
      if (live !== null) expect([at.get('staging'), at.get('canary')]).not.toContain(live);
    });
  });

  it('knows every version once, wherever its record lies', () => {
    check((driver) => {
      const { state } = driver.book;
      const registered = driver.events
        .filter(({ kind }) => kind === 'registered')
        .map((event) => event.version);
      expect(state.index.map(([version]) => version)).toEqual(registered);
      const records = [...driver.pages.flatMap(({ versions }) => versions), ...state.versions];
      expect(records.map(({ version }) => version)).toEqual(registered);
      for (const version of registered) {
        expect(driver.book.find({ version: version ?? '' })).not.toBeNull();
      }
    });
  });
});

function check(holds: (driver: Driver) => void): void {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const driver = new Driver();
      for (const each of steps) {
        driver.do(each);
        holds(driver);
      }
    }),
    { numRuns: 150 },
  );
}
