import { randomUUID } from 'node:crypto';
import {
  type handleUnaryCall,
  type MethodDefinition,
  Server,
  ServerCredentials,
  status,
} from '@grpc/grpc-js';
import proto from '@temporalio/proto';

const { workflowservice } = proto.temporal.api;

/** The part of Temporal's service that a worker calls to answer a query. */
const METHODS = [
  'GetSystemInfo',
  'DescribeNamespace',
  'PollWorkflowTaskQueue',
  'GetWorkflowExecutionHistory',
  'RespondQueryTaskCompleted',
  'RespondWorkflowTaskCompleted',
  'RespondWorkflowTaskFailed',
  'ShutdownWorker',
] as const;

type Method = (typeof METHODS)[number];

type Message = object;

type Call = (request: never) => Message | Promise<Message>;

export type QueryService = {
  readonly address: string;
  /** Every call must carry it as `authorization`: other people of this machine can reach the port, too. */
  readonly token: string;
  readonly close: () => void;
};

/** Serves these calls to a worker of this process, on loopback. All others are unknown to it. */
export async function serveQuery(calls: Readonly<Record<Method, Call>>): Promise<QueryService> {
  const token = randomUUID();
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  for (const name of METHODS) {
    server.addService({ [name]: definitionOf(name) }, { [name]: handlerOf(calls[name], token) });
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { address: `127.0.0.1:${port}`, token, close: () => server.forceShutdown() };
}

type Codec = {
  readonly encode: (message: Message) => { finish(): Uint8Array };
  readonly decode: (bytes: Uint8Array) => Message;
};

function definitionOf(name: Method): MethodDefinition<Message, Message> {
  const request: Codec = workflowservice.v1[`${name}Request`];
  const response: Codec = workflowservice.v1[`${name}Response`];
  const write = (codec: Codec) => (message: Message) => Buffer.from(codec.encode(message).finish());
  return {
    path: `/temporal.api.workflowservice.v1.WorkflowService/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: write(request),
    requestDeserialize: (bytes) => request.decode(bytes),
    responseSerialize: write(response),
    responseDeserialize: (bytes) => response.decode(bytes),
  };
}

function handlerOf(call: Call, token: string): handleUnaryCall<Message, Message> {
  return ({ metadata, request }, done) => {
    if (metadata.get('authorization')[0] !== token) {
      return done({ code: status.UNAUTHENTICATED, details: 'This service is for one worker alone.' });
    }
    Promise.resolve(call(request as never)).then(
      (answer) => done(null, answer),
      (error: unknown) => done({ code: status.UNAVAILABLE, details: String(error) }),
    );
  };
}
