export { alert } from './alert/alert.js';
export { alert_test } from './alert/alert-test.js';
export { backfill } from './backfill/backfill.js';
export { canary } from './canary/canary.js';
export { group_lock } from './group-lock-workflow.js';
export {
  approveSignal,
  approveUpdate,
  cancelAfterWaveSignal,
  rejectSignal,
  rejectUpdate,
  statusQuery,
} from './messages.js';
export { map_coordinator } from './map/coordinator.js';
export { map_shard } from './map/shard.js';
export { model } from './model/model.js';
export { monitor } from './monitor/monitor.js';
export { pipeline } from './pipeline.js';
export { pool } from './pool/pool.js';
