import { ConfusionMatrix } from 'ml-confusion-matrix';
import { mean } from 'simple-statistics';

export type Quality = {
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly by_label: Readonly<Record<string, LabelQuality>>;
};

type LabelQuality = {
  readonly rows: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
};

/**
 * How often a model is right. Precision, recall and F1 are means over the labels, each counting as much as the others
 * (macro averages): a model that knows nothing but the most frequent label gets nowhere with them.
 */
export function measureQuality(actual: readonly string[], answered: readonly string[]): Quality {
  const labels = [...new Set([...actual, ...answered])].sort();
  const matrix = ConfusionMatrix.fromLabels([...actual], [...answered], { labels });
  const byLabel = labels.map((label) => [label, ofLabel(matrix, label)] as const);
  const average = (key: keyof LabelQuality): number => mean(byLabel.map(([, quality]) => quality[key]));
  return {
    accuracy: matrix.getAccuracy(),
    precision: average('precision'),
    recall: average('recall'),
    f1: average('f1'),
    by_label: Object.fromEntries(byLabel),
  };
}

function ofLabel(matrix: ConfusionMatrix<string>, label: string): LabelQuality {
  // Of a label that was never answered, or never right, the library divides by zero.
  const number = (value: number): number => (Number.isFinite(value) ? value : 0);
  return {
    rows: matrix.getPositiveCount(label),
    precision: number(matrix.getPositivePredictiveValue(label)),
    recall: number(matrix.getTruePositiveRate(label)),
    f1: number(matrix.getF1Score(label)),
  };
}
