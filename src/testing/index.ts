export { testPipeline, type TestPipelineOptions } from './test-pipeline.js';
export { closeTestServers } from './test-server.js';
export type { Mocks, MockStage } from './mocks.js';
export type { RunResult } from '../engine/result.js';
