import type { Draft } from '../draft.js';
import type { Reporter } from '../reporter.js';

/** Checks what the schema cannot say about `requires` and `provides`. */
export function checkRequires({ header }: Draft, reporter: Reporter): void {
  const { requires = [], provides = [], name } = header;
  for (const [i, { pipeline, dataset }] of requires.entries()) {
    const path = ['requires', i];
    if (pipeline === undefined && dataset === undefined) {
      const message = `requirement ${i + 1} does not say what it is about. Give it one of: pipeline, dataset`;
      reporter.report({ code: 'missing-key', path, message });
    } else if (pipeline !== undefined && dataset !== undefined) {
      const message = `requirement ${i + 1} is about a pipeline and a dataset. Make it two requirements`;
      reporter.report({ code: 'wrong-value', path: [...path, 'dataset'], key: true, message });
    } else if (pipeline === name) {
      const message = `pipeline "${name}" requires itself, so it could never run for the first time`;
      reporter.report({ code: 'self-dependency', path: [...path, 'pipeline'], message });
    } else if (dataset !== undefined && provides.includes(dataset)) {
      const message = `pipeline "${name}" requires the dataset "${dataset}", which it provides itself`;
      reporter.report({ code: 'self-dependency', path: [...path, 'dataset'], message });
    }
  }
  for (const [i, dataset] of provides.entries()) {
    if (provides.indexOf(dataset) === i) continue;
    reporter.report({
      code: 'duplicate-item',
      path: ['provides', i],
      message: `\`provides\` lists "${dataset}" twice`,
    });
  }
}
