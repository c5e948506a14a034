import { isPipeline } from '../builder/pipeline.js';
import type { ProblemCode } from '../problem-codes.js';
import { nowhere, type Place } from '../reporter.js';
import { MAX_DEPTH } from './limits.js';
import type { ParsedSource } from './parse-source.js';
import { plainJsonOf } from './plain-json.js';

/** Why there is nothing to parse. */
export type Unreadable = {
  readonly code: ProblemCode;
  readonly message: string;
  /** @default the beginning of the file */
  readonly place?: Place;
};

/** Takes a definition that was built in code: a plain object, or a pipeline made with `definePipeline`. */
export function sourceOfValue(value: unknown): ParsedSource | Unreadable {
  const json = plainJsonOf(isPipeline(value) ? value.definition : value);
  if (json !== undefined) {
    const children = isPipeline(value) ? { children: value.children } : {};
    return { value: json, locate: nowhere, problems: [], ...children };
  }
  return {
    code: 'not-json',
    message: `a definition must be plain JSON, nested at most ${MAX_DEPTH} deep, without circles`,
  };
}
