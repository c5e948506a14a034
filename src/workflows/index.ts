export { group_lock } from './group-lock.js';
export { cancelAfterWaveSignal, statusQuery } from './messages.js';
export { pipeline } from './pipeline.js';
