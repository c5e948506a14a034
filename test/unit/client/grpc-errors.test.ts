import { expect, it } from 'vitest';
import { isGrpc, isNoAnswer, messageOf, refusal } from '../../../src/client/grpc-errors.js';

function grpcError(code: number, details: string): Error {
  return Object.assign(new Error(`${code} ${details}`), { code, details, metadata: {} });
}

it('finds the code of a gRPC error also when another error was thrown for it', () => {
  const wrapped = new Error('Failed to start', { cause: grpcError(14, 'gone') });
  expect(isGrpc(wrapped, 'UNAVAILABLE')).toBe(true);
  expect(isGrpc(wrapped, 'NOT_FOUND')).toBe(false);
  expect(messageOf(wrapped)).toBe('gone');
});

it('tells a query that nobody answered from one that the run refused', () => {
  expect(isNoAnswer(grpcError(4, 'deadline'))).toBe(true);
  expect(isNoAnswer(grpcError(3, 'unknown query'))).toBe(false);
});

it('says what to do about a missing namespace and missing rights', () => {
  expect(refusal(grpcError(5, 'Namespace prod is not found.'), 'prod')).toMatchObject({
    code: 'temporal',
    message: 'The namespace "prod" does not exist on this server.',
  });
  expect(refusal(grpcError(7, 'Request unauthorized.'), 'prod')).toMatchObject({
    code: 'temporal',
    hint: 'Check TEMPORAL_API_KEY, the TLS certificate and the namespace.',
  });
});

it('says what is wrong with a query', () => {
  expect(
    refusal(grpcError(3, 'invalid query: invalid expression: incomplete expression'), 'prod'),
  ).toMatchObject({
    code: 'invalid_query',
    exitCode: 2,
    message: 'The query is not one that Temporal understands: incomplete expression.',
  });
});

it('leaves a lost connection and errors of other kinds alone', () => {
  const lost = grpcError(14, 'gone');
  expect(refusal(lost, 'prod')).toBe(lost);
  const other = new Error('other');
  expect(refusal(other, 'prod')).toBe(other);
});
