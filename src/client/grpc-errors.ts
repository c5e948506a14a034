import { isGrpcServiceError } from '@temporalio/client';
import { ClientError } from './client-error.js';

/** The gRPC codes that this client tells apart. */
const CODE = {
  CANCELLED: 1,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

type GrpcCode = keyof typeof CODE;

/** True when an error, or what caused it, is a gRPC error with one of these codes. */
export function isGrpc(error: unknown, ...codes: readonly GrpcCode[]): boolean {
  if (isGrpcServiceError(error)) {
    const status: number = error.code;
    return codes.some((code) => CODE[code] === status);
  }
  return error instanceof Error && error.cause !== undefined && isGrpc(error.cause, ...codes);
}

/** The innermost words of an error, for a sentence that goes on after a colon. */
export function messageOf(error: unknown): string {
  if (isGrpcServiceError(error)) return error.details === '' ? error.message : error.details;
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}

/** A refusal by Temporal in words; anything else, and a lost connection, stays as it is. */
export function refusal(error: unknown, namespace: string): unknown {
  if (error instanceof ClientError) return error;
  const isNamespace = /namespace .*not found/i.test(messageOf(error));
  if (isGrpc(error, 'NOT_FOUND') && isNamespace) {
    return new ClientError('temporal', `The namespace "${namespace}" does not exist on this server.`, {
      hint: `Create it with: temporal operator namespace create -n ${namespace}. Or name another with TEMPORAL_NAMESPACE.`,
      cause: error,
    });
  }
  if (isGrpc(error, 'PERMISSION_DENIED', 'UNAUTHENTICATED')) {
    return new ClientError('temporal', `Temporal does not let you do this: ${messageOf(error)}`, {
      hint: 'Check TEMPORAL_API_KEY, the TLS certificate and the namespace.',
      cause: error,
    });
  }
  if (!isGrpc(error, 'INVALID_ARGUMENT')) return error;
  const words = messageOf(error);
  if (words.startsWith('invalid query: ')) {
    const why = words.replace(/^invalid query: (invalid expression: )?/, '');
    return new ClientError('invalid_query', `The query is not one that Temporal understands: ${why}.`, {
      hint: `Write it like: SluiceLabels = 'team=quant' AND StartTime > '2026-01-01T00:00:00Z'`,
      cause: error,
    });
  }
  return new ClientError('temporal', `Temporal refused the request: ${words}`, { cause: error });
}

/** True when a query failed because no worker took it in time, not because the run refused it. */
export function isNoAnswer(error: unknown): boolean {
  if (isGrpc(error, 'DEADLINE_EXCEEDED', 'FAILED_PRECONDITION', 'CANCELLED')) return true;
  return /no poller|workflow task not completed|not completed yet/i.test(messageOf(error));
}
