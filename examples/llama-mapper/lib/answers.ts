import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { fromProject } from './paths.js';
import type { ModelKind } from './model-file.js';
import type { Code } from './taxonomy.js';

export type MapperAnswer = { readonly code: Code; readonly confidence: number };

export type AnalystAnswer = {
  readonly risk: 'none' | 'low' | 'medium' | 'high';
  readonly action: 'allow' | 'review' | 'block';
  readonly confidence: number;
  readonly summary: string;
  readonly reasons: ReadonlyArray<{ readonly evidence: string; readonly weight: number }>;
  readonly detectors: readonly string[];
};

export type Answer = MapperAnswer | AnalystAnswer;

/** Tells whether an answer meets the schema that all trainers promise: `schemas/KIND-answer.schema.json`. */
export function answerCheck(kind: ModelKind): (answer: unknown) => boolean {
  const schema: object = JSON.parse(readFileSync(fromProject(`schemas/${kind}-answer.schema.json`), 'utf8'));
  const validate = new Ajv().compile(schema);
  return (answer) => validate(answer);
}
