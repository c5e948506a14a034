import type { ResourceBasedSlotOptions, WorkerOptions } from '@temporalio/worker';
import type { WorkerSettings } from './config-schema.js';

/**
 * A step of a run that carries values of tens of megabytes takes seconds, and going past the SDK's limit of five ends
 * the whole process. The option has no type, since it is meant for debugging.
 */
const PATIENCE = { isolateExecutionTimeout: '30s' };

/** What the settings of a worker mean to Temporal's library. */
export function workerOptions(settings: WorkerSettings): Partial<WorkerOptions> {
  return {
    ...slotOptions(settings.slots),
    shutdownGraceTime: settings.shutdownGraceMs,
    // A killed worker leaves its runs' next steps on a queue of its own; others take them over after this time.
    stickyQueueScheduleToStartTimeout: '2s',
    // Progress is shown live, so heartbeats must not wait for most of the heartbeat timeout.
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    reuseV8Context: true,
    ...PATIENCE,
    ...(settings.maxCachedRuns === undefined ? {} : { maxCachedWorkflows: settings.maxCachedRuns }),
    ...rateOptions(settings),
    ...versioningOptions(settings.versioning),
  };
}

function slotOptions(slots: WorkerSettings['slots']): Partial<WorkerOptions> {
  if ('activities' in slots) {
    return {
      maxConcurrentActivityTaskExecutions: slots.activities,
      maxConcurrentLocalActivityExecutions: slots.localActivities,
      maxConcurrentWorkflowTaskExecutions: slots.workflowTasks,
    };
  }
  // Stages start one by one while the machine fills up, because their load shows only after they began.
  const stages: ResourceBasedSlotOptions = { maximumSlots: slots.maxActivities, rampThrottle: '10ms' };
  return {
    tuner: {
      tunerOptions: { targetCpuUsage: slots.targetCpu, targetMemoryUsage: slots.targetMemory },
      activityTaskSlotOptions: stages,
      localActivityTaskSlotOptions: stages,
    },
  };
}

function rateOptions(settings: WorkerSettings): Partial<WorkerOptions> {
  const { maxActivitiesPerSecond: own, maxTaskQueueActivitiesPerSecond: shared } = settings;
  return {
    ...(own === undefined ? {} : { maxActivitiesPerSecond: own }),
    ...(shared === undefined ? {} : { maxTaskQueueActivitiesPerSecond: shared }),
  };
}

function versioningOptions(versioning: WorkerSettings['versioning']): Partial<WorkerOptions> {
  if (versioning === undefined) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName: versioning.deployment, buildId: versioning.buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  };
}
