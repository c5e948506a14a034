import { defineConfig } from 'sluice';
import { evaluateModel } from './stages/evaluate-model.js';
import { prepareData } from './stages/prepare-data.js';
import { trainModel } from './stages/train-model.js';

export default defineConfig({
  stages: [prepareData, trainModel, evaluateModel],
  pipelines: {
    train: './pipelines/train.yaml',
    evaluate: './pipelines/evaluate.yaml',
  },
});
