import { expect, it } from 'vitest';
import {
  ensureSearchAttributes,
  missingSearchAttributes,
  searchAttributesCommand,
  searchAttributesOf,
} from '../../../src/client/search-attributes.js';
import { aPlan } from '../../support/a-plan.js';

const ALL = ['Pipeline', 'Version', 'Status', 'Mode', 'Labels', 'FailedStages', 'ParentRun'].map(
  (name) => `Sluice${name}`,
);
const denied = Object.assign(new Error('denied'), {
  code: 7,
  details: 'Request unauthorized.',
  metadata: {},
});

function operator(existing: readonly string[], fail: { list?: Error; add?: Error } = {}) {
  const added: Record<string, number>[] = [];
  const operatorService = {
    listSearchAttributes: () =>
      fail.list === undefined
        ? Promise.resolve({ customAttributes: Object.fromEntries(existing.map((name) => [name, 2])) })
        : Promise.reject(fail.list),
    addSearchAttributes: ({ searchAttributes }: { searchAttributes: Record<string, number> }) => {
      added.push(searchAttributes);
      return fail.add === undefined ? Promise.resolve({}) : Promise.reject(fail.add);
    },
  };
  return { connection: { operatorService } as never, added };
}

it('adds what a namespace lacks, once per connection', async () => {
  const { connection, added } = operator(ALL.slice(0, 4));
  await ensureSearchAttributes(connection, 'default');
  await ensureSearchAttributes(connection, 'default');
  expect(added).toEqual([{ SluiceLabels: 7, SluiceFailedStages: 7, SluiceParentRun: 2, SluiceAwaiting: 2 }]);
});

it('takes them for present when it may not look, because somebody else may have added them', async () => {
  expect(await missingSearchAttributes(operator([], { list: denied }).connection, 'default')).toEqual([]);
});

it('gives the command for an administrator when it may look but not add', async () => {
  const { connection } = operator([...ALL.slice(1), 'SluiceAwaiting'], { add: denied });
  await expect(ensureSearchAttributes(connection, 'prod')).rejects.toMatchObject({
    code: 'search_attributes',
    message:
      'Namespace "prod" lacks the search attributes SluicePipeline, and adding them failed: Request unauthorized.',
    hint: 'Ask an administrator to run: temporal operator search-attribute create --namespace prod --name SluicePipeline --type Keyword',
  });
});

it('names lists as lists in that command', () => {
  expect(searchAttributesCommand('default', ['SluiceLabels'])).toContain(
    '--name SluiceLabels --type KeywordList',
  );
});

it('marks a run with its pipeline, version, mode and labels', () => {
  const plan = aPlan([], { labels: { team: 'safety' } });
  const pairs = searchAttributesOf({ plan, inputs: {}, variables: {}, mode: 'daily' }).getAll();
  expect(Object.fromEntries(pairs.map(({ key, value }) => [key.name, value]))).toEqual({
    SluicePipeline: 'example',
    SluiceAwaiting: 'none',
    SluiceVersion: '1.0.0',
    SluiceStatus: 'running',
    SluiceMode: 'daily',
    SluiceLabels: ['team=safety'],
  });
});
