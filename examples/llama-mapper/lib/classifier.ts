import { NeuralNetwork } from '@nlpjs/neural';
import { DataError } from './data-error.js';
import type { Features } from './features.js';
import type { Network } from './model-file.js';

export type Example = { readonly features: Features; readonly label: string };

export type TrainingSettings = { readonly learningRate: number; readonly epochs: number };

export type Trained = { readonly network: Network; readonly loss: number; readonly epochs: number };

export type Verdict = { readonly label: string; readonly confidence: number };

export type Classifier = {
  /** Of each label how sure the model is; the shares add up to 1, the first is the most likely. */
  classify(features: Features): readonly [Verdict, ...Verdict[]];
  /** What spoke most for a label, heaviest first. */
  reasonsFor(features: Features, label: string): ReadonlyArray<{ evidence: string; weight: number }>;
};

/** A feature that is seen once teaches nothing that could be used again. */
const SEEN_AT_LEAST = 2;
/** Enough to keep every verdict; the file is half as long. */
const DIGITS = 6;

/**
 * One perceptron for each label, trained one example after the other in the order given. There is nothing drawn in it, so
 * the same examples and settings give the same weights. Throws {@link DataError} when the weights run away.
 */
export function trainClassifier(
  examples: readonly Example[],
  settings: TrainingSettings,
  onEpoch: (epoch: number, loss: number) => void,
): Trained {
  const known = frequent(examples);
  const network = new NeuralNetwork({
    iterations: settings.epochs,
    learningRate: settings.learningRate,
    log: ({ iterations, error }) => onEpoch(iterations, error),
  });
  const status = network.train(
    examples.map(({ features, label }) => ({ input: only(features, known), output: { [label]: 1 } })),
  );
  const json = network.toJSON();
  if (!Number.isFinite(status.error) || json.perceptrons.flat().some((weight) => !Number.isFinite(weight))) {
    throw new DataError(
      `The weights ran away after ${status.iterations} epochs at a learning rate of ${settings.learningRate}. Set it lower.`,
    );
  }
  const perceptrons = json.perceptrons.map((weights) => weights.map((w) => Number(w.toPrecision(DIGITS))));
  return {
    network: { features: [...json.features], intents: [...json.intents], perceptrons },
    loss: status.error,
    epochs: status.iterations,
  };
}

export function openClassifier(json: Network): Classifier {
  const network = new NeuralNetwork();
  network.fromJSON(json);
  const known = new Set(json.features);
  const [first = 'nothing', ...rest] = json.intents;
  return {
    classify: (features) => {
      const outputs = network.run(only(features, known));
      const total = json.intents.reduce((sum, label) => sum + (outputs[label] ?? 0), 0);
      const share = (label: string): number =>
        total > 0 ? (outputs[label] ?? 0) / total : 1 / json.intents.length;
      const verdicts = [first, ...rest].map((label) => ({ label, confidence: share(label) }));
      const [best = { label: first, confidence: 1 }, ...others] = verdicts.toSorted(
        (a, b) => b.confidence - a.confidence,
      );
      return [best, ...others];
    },
    reasonsFor: (features, label) =>
      Object.entries(network.explain(only(features, known), label).weights ?? {})
        .filter(([, weight]) => weight > 0)
        .map(([evidence, weight]) => ({ evidence, weight }))
        .toSorted((a, b) => b.weight - a.weight),
  };
}

function frequent(examples: readonly Example[]): ReadonlySet<string> {
  const seen = new Map<string, number>();
  for (const name of examples.flatMap(({ features }) => Object.keys(features))) {
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  return new Set([...seen].filter(([, times]) => times >= SEEN_AT_LEAST).map(([name]) => name));
}

function only(features: Features, known: ReadonlySet<string>): Features {
  return Object.fromEntries(Object.entries(features).filter(([name]) => known.has(name)));
}
