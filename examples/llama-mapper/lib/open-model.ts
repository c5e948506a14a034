import { analyseMessage, VERDICTS } from './analyst.js';
import type { Answer } from './answers.js';
import { openClassifier } from './classifier.js';
import { mapMessage } from './mapper.js';
import type { ModelFile, ModelKind } from './model-file.js';
import type { Described } from './records.js';
import { isSpam, type Code } from './taxonomy.js';

/** A model that answers. */
export type OpenModel = { readonly kind: ModelKind; answer(message: Described): Answer };

export function openModel({ kind, network }: ModelFile): OpenModel {
  const classifier = openClassifier(network);
  const answer = kind === 'mapper' ? mapMessage : analyseMessage;
  return { kind, answer: (message) => answer(classifier, message) };
}

/** What a model of this kind should say of a message with this code. */
export function expectedLabel(kind: ModelKind, code: Code): string {
  if (kind === 'mapper') return code;
  return isSpam(code) ? VERDICTS.abusive : VERDICTS.harmless;
}

/** The same of an answer. */
export function answeredLabel(answer: Answer): string {
  if ('code' in answer) return answer.code;
  return answer.action === 'allow' ? VERDICTS.harmless : VERDICTS.abusive;
}
