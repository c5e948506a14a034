import { defineConfig } from 'sluice';
import { evaluateModel } from './stages/evaluate-model.js';
import { prepareData } from './stages/prepare-data.js';
import { serveModel } from './stages/serve-model.js';
import { trainModel } from './stages/train-model.js';

export default defineConfig({
  stages: [prepareData, trainModel, evaluateModel, serveModel],
  pipelines: {
    train: './pipelines/train.yaml',
    deploy: './pipelines/deploy.yaml',
    ship: './pipelines/ship.yaml',
    evaluate: './pipelines/evaluate.yaml',
    rollback: './pipelines/rollback.yaml',
  },
  models: {
    mapper: { deploy: 'deploy', rollback: 'rollback' },
    analyst: { deploy: 'deploy', rollback: 'rollback' },
  },
});
