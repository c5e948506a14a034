import type { MapperAnswer } from './answers.js';
import type { Classifier } from './classifier.js';
import { DataError } from './data-error.js';
import { featuresOf } from './features.js';
import type { Described } from './records.js';
import { CODES } from './taxonomy.js';

/** Gives a described message its canonical code. */
export function mapMessage(classifier: Classifier, message: Described): MapperAnswer {
  const [best] = classifier.classify(featuresOf(message));
  const code = CODES.find((each) => each === best.label);
  if (code === undefined) throw new DataError(`The model answers "${best.label}", which the taxonomy lacks.`);
  return { code, confidence: best.confidence };
}
