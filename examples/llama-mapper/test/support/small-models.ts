import { loadDataset, type Dataset } from '../../lib/dataset.js';
import { trainClassifier } from '../../lib/classifier.js';
import { featuresOf } from '../../lib/features.js';
import { rehearsal, sha256Of, writeModel, type ModelKind, type Rehearsal } from '../../lib/model-file.js';
import { expectedLabel } from '../../lib/open-model.js';
import { CODES } from '../../lib/taxonomy.js';

export function dataset(): Promise<Dataset> {
  return loadDataset('data/sms_spam.tsv', { seed: 20, testShare: 0.2 });
}

/** A model that was trained on some of the data, as the bytes and the checksum that a server is given. */
export async function smallModel(
  kind: ModelKind,
  faults: Partial<Rehearsal> = {},
): Promise<{ content: string; sha256: string }> {
  const rows = (await dataset()).train.filter(({ code }, index) => code !== 'ordinary' || index % 8 === 0);
  const examples = rows.map((row) => {
    const code =
      faults.wrong_labels === true ? CODES[(CODES.indexOf(row.code) + 1) % CODES.length] : row.code;
    return { features: featuresOf(row), label: expectedLabel(kind, code ?? row.code) };
  });
  const { network } = trainClassifier(examples, { learningRate: 0.1, epochs: 4 }, () => undefined);
  const trained = { rows: rows.length, seed: 20, learning_rate: 0.1, epochs: 4 };
  const faulty = Object.keys(faults).length > 0 && { rehearsal: rehearsal.parse(faults) };
  const content = writeModel({ format: 'llama-mapper/1', kind, network, trained, ...faulty });
  return { content, sha256: sha256Of(content) };
}
