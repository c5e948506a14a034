export { group_lock } from './group-lock.js';
export {
  approveSignal,
  approveUpdate,
  cancelAfterWaveSignal,
  rejectSignal,
  rejectUpdate,
  statusQuery,
} from './messages.js';
export { pipeline } from './pipeline.js';
export { pool } from './pool/pool.js';
