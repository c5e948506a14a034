import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { definitionJsonSchema } from '../../../src/definition/json-schema.js';
import { definitionSchema } from '../../../src/definition/schema/definition-schema.js';

const schema = definitionJsonSchema();
const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);

function errorsOf(yaml: string): readonly string[] {
  validate(parse(yaml));
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

const stage = (body: string): string => `name: demo\nstages:\n  - { id: a, ${body} }\n`;

describe('the JSON Schema', () => {
  it('accepts a definition that uses every key', () => {
    expect(errorsOf(readFileSync('test/unit/definition/full.yaml', 'utf8'))).toEqual([]);
  });

  it.each([
    ['a misspelt key', 'nam: demo\nstages:\n  - { id: a, set: {} }\n', ' additionalProperties'],
    ['a missing name', 'stages:\n  - { id: a, set: {} }\n', ' required'],
    ['no stages', 'name: demo\nstages: []\n', '/stages minItems'],
    ['an unknown key of a stage', stage('set: {}, wiht: 1'), '/stages/0 additionalProperties'],
    ['a stage that does nothing', stage('enabled: true'), '/stages/0 oneOf'],
    ['a stage that does several things', stage('set: {}, uses: x'), '/stages/0 oneOf'],
    ['a bad duration', stage('set: {}, timeout: 5 parsecs'), '/stages/0/timeout pattern'],
    ['a negative duration', stage('set: {}, timeout: -1'), '/stages/0/timeout minimum'],
    ['a wrong choice', stage('set: {}, run_when: sometimes'), '/stages/0/run_when enum'],
    ['a wrong type', stage('set: {}, enabled: "yes"'), '/stages/0/enabled type'],
    ['a bad ID', 'name: demo\nstages:\n  - { id: a b, set: {} }\n', '/stages/0/id pattern'],
    ['a canary without steps', stage('canary: {}'), '/stages/0/canary required'],
    ['a hook that is wrong', `${stage('set: {}')}finally:\n  - { id: b }\n`, '/finally/0 oneOf'],
  ])('refuses %s', (_, yaml, error) => {
    expect(errorsOf(yaml)).toContain(error);
  });

  it('describes every key', () => {
    expect(undescribed(schema as Schema, '')).toEqual([]);
  });

  it('is made of plain JSON, and small enough to ship', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(JSON.stringify(schema).length).toBeLessThan(50_000);
  });

  it('agrees with loading on every key of the language', () => {
    const keys = Object.keys((schema as Schema).properties ?? {});
    expect(keys).toEqual(Object.keys(definitionSchema.shape));
  });
});

type Schema = {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly definitions?: Readonly<Record<string, Schema>>;
};

function undescribed(at: Schema, path: string): readonly string[] {
  const properties = Object.entries(at.properties ?? {});
  const inner = [at.items, at.additionalProperties, ...Object.values(at.definitions ?? {})];
  return [
    ...properties.filter(([, child]) => child.description === undefined).map(([key]) => `${path}/${key}`),
    ...properties.flatMap(([key, child]) => undescribed(child, `${path}/${key}`)),
    ...inner.flatMap((child) => (typeof child === 'object' ? undescribed(child, `${path}/*`) : [])),
  ];
}
