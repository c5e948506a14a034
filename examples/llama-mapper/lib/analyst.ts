import type { AnalystAnswer } from './answers.js';
import type { Classifier } from './classifier.js';
import { featuresOf } from './features.js';
import type { Described } from './records.js';

/** What the analyst learns to tell apart: messages to let through and messages to look at. */
export const VERDICTS = { harmless: 'harmless', abusive: 'abusive' } as const;

const REASONS = 5;

/** Writes a short analysis of a described message: how risky it is, what to do, and what speaks for it. */
export function analyseMessage(classifier: Classifier, message: Described): AnalystAnswer {
  const features = featuresOf(message);
  const [best] = classifier.classify(features);
  const abusive = best.label === VERDICTS.abusive ? best.confidence : 1 - best.confidence;
  const reasons = classifier
    .reasonsFor(features, best.label)
    .slice(0, REASONS)
    .map(({ evidence, weight }) => ({ evidence, weight: Number(weight.toPrecision(3)) }));
  const detectors = [...new Set(message.findings.map(({ detector }) => detector))];
  const { risk, action } = judge(abusive);
  return {
    risk,
    action,
    confidence: best.confidence,
    summary: summarise(risk, detectors, reasons[0]?.evidence),
    reasons,
    detectors,
  };
}

function judge(abusive: number): Pick<AnalystAnswer, 'risk' | 'action'> {
  if (abusive < 0.25) return { risk: 'none', action: 'allow' };
  if (abusive < 0.5) return { risk: 'low', action: 'allow' };
  return abusive < 0.75 ? { risk: 'medium', action: 'review' } : { risk: 'high', action: 'block' };
}

function summarise(risk: string, detectors: readonly string[], strongest: string | undefined): string {
  const who = detectors.length === 0 ? 'No detector found anything' : `Found by ${detectors.join(', ')}`;
  const why = strongest === undefined ? '' : `; what speaks most for it: "${strongest}"`;
  return `${who}. Risk: ${risk}${why}.`.slice(0, 280);
}
