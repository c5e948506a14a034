import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'sluice';

/** Answers every error as `{ error: { message } }`, which names what is wrong. */
export function sendError(
  error: FastifyError | Error,
  _request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  return reply.code(statusOf(error)).send({ error: { message: messageOf(error) } });
}

function statusOf(error: Error): number {
  if (error instanceof z.ZodError) return 400;
  if ('status' in error && typeof error.status === 'number') return error.status;
  if ('statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return 500;
}

function messageOf(error: Error): string {
  return error instanceof z.ZodError ? z.prettifyError(error) : error.message;
}
