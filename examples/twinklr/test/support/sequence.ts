import { readFile } from 'node:fs/promises';
import { validateXML } from 'xmllint-wasm';
import { create } from 'xmlbuilder2';
import { z } from 'sluice';
import { fromProject } from '../../lib/paths.js';

export type Sequence = {
  readonly durationMs: number;
  readonly marks: Readonly<Record<string, readonly number[]>>;
  readonly models: readonly string[];
  readonly effects: number;
  readonly texts: readonly string[];
  /** Effects that begin before the one before them on the same model has ended. */
  readonly overlaps: readonly string[];
};

const effect = z.object({
  '@startTime': z.coerce.number(),
  '@endTime': z.coerce.number(),
  '@name': z.string().optional(),
  '@ref': z.coerce.number().optional(),
});
const many = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(item));
const element = z.object({
  '@type': z.string(),
  '@name': z.string(),
  EffectLayer: z.preprocess((value) => (value === '' ? {} : value), z.object({ Effect: many(effect) })),
});
const document = z.object({
  xsequence: z.object({
    head: z.object({ sequenceDuration: z.coerce.number() }),
    EffectDB: z.object({ Effect: many(z.string()) }),
    ElementEffects: z.object({ Element: many(element) }),
  }),
});

/** Reads a sequence back from its file. */
export function sequenceOf(xml: string): Sequence {
  const { xsequence } = document.parse(create(xml).end({ format: 'object' }));
  const elements = xsequence.ElementEffects.Element;
  const models = elements.filter((each) => each['@type'] === 'model');
  const effects = models.flatMap((each) => each.EffectLayer.Effect);
  return {
    durationMs: Math.round(xsequence.head.sequenceDuration * 1000),
    marks: Object.fromEntries(
      elements
        .filter((each) => each['@type'] === 'timing')
        .map((each) => [each['@name'], each.EffectLayer.Effect.map((mark) => mark['@startTime'])]),
    ),
    models: models.map((each) => each['@name']),
    effects: effects.length,
    texts: effects
      .filter((each) => each['@name'] === 'Text')
      .map(
        (each) =>
          /E_TEXTCTRL_Text=([^,]*)/.exec(xsequence.EffectDB.Effect[each['@ref'] ?? -1] ?? '')?.[1] ?? '',
      ),
    overlaps: models.flatMap(({ '@name': model, EffectLayer: { Effect: own } }) =>
      own
        .filter((each, index) => each['@startTime'] < (own[index - 1]?.['@endTime'] ?? 0))
        .map((each) => `${model} at ${each['@startTime']} ms`),
    ),
  };
}

/** What xmllint finds wrong with a sequence, by the schema file itself. */
export async function schemaProblems(xml: string): Promise<readonly string[]> {
  const schema = await readFile(fromProject('schema/sequence.xsd'), 'utf8');
  const { errors } = await validateXML({
    xml: [{ fileName: 'shown.xsq', contents: xml }],
    schema: [{ fileName: 'sequence.xsd', contents: schema }],
  });
  return errors.map(({ message }) => message);
}
