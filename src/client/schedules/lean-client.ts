import type { temporal } from '@temporalio/proto';
import { type Client, ScheduleClient } from '@temporalio/client';

type Request = temporal.api.workflowservice.v1.IDescribeScheduleRequest;
type Response = temporal.api.workflowservice.v1.DescribeScheduleResponse;

/**
 * A client whose descriptions leave out the input of runs. A large input lies in a store, and of a schedule of another
 * project that is a store that is not at hand.
 */
export function leanScheduleClient({ connection, workflowService, options }: Client): ScheduleClient {
  const describeSchedule = async (request: Request): Promise<Response> => {
    const response = await workflowService.describeSchedule(request);
    const start = response.schedule?.action?.startWorkflow;
    if (start !== null && start !== undefined) start.input = null;
    return response;
  };
  const service: unknown = Object.create(workflowService, { describeSchedule: { value: describeSchedule } });
  return new ScheduleClient({
    connection: Object.create(connection, { workflowService: { value: service } }) as typeof connection,
    namespace: options.namespace,
    identity: options.identity,
    dataConverter: options.loadedDataConverter,
  });
}
