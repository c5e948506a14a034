import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { definitionJsonSchema } from '../../../src/definition/json-schema.js';

it('keeps the schema file that editors read equal to what `sluice schema` prints', async () => {
  const file = new URL('../../../docs/reference/pipeline.schema.json', import.meta.url);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(definitionJsonSchema())),
  );
});
