import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DefinitionError, Problem } from '../../definition/problem.js';
import type { StoreError } from '../../storage/blob-store.js';

/**
 * Exit codes of the command.
 * - `ok`: it did what was asked.
 * - `failed`: the run failed, was rejected or cancelled, or a check found an error.
 * - `usage`: the definition or the command line is wrong.
 * - `unreachable`: Temporal cannot be reached.
 * - `interrupted`: Ctrl-C or SIGTERM ended it before its work was done.
 */
export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export type CliErrorOptions = {
  /** Stable, `snake_case`. */
  readonly code: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly exitCode: ExitCode;
  readonly cause?: unknown;
};

/** An error with a message for the user and an exit code. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, options: CliErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.exitCode = options.exitCode;
  }
}

/** The command line is wrong: exit code 2. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';

  constructor(message: string, options: { readonly hint?: string; readonly code?: string } = {}) {
    super(message, { code: 'usage', exitCode: EXIT.usage, ...options });
  }
}

/** What is told to the user about an error that ended a command. */
export type ErrorReport = {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly exitCode: ExitCode;
  /** What is wrong with the definition that the command was given. */
  readonly problems?: readonly Problem[];
};

/**
 * Sorts anything a command threw. An error of a lower layer that carries a string `code` beside a `hint` or an
 * `exitCode` is reported as it says; what nobody foresaw is an internal error.
 */
export function reportError(error: unknown): ErrorReport {
  if (isForeseen(error)) {
    return {
      code: error.code,
      message: error.message,
      hint: error.hint ?? null,
      exitCode: error.exitCode ?? EXIT.failed,
    };
  }
  if (isDefinitionError(error)) return definitionReport(error.problems);
  if (error instanceof Error && error.name === 'ConfigError') {
    return { code: 'config_invalid', message: error.message, hint: null, exitCode: EXIT.usage };
  }
  if (isStoreError(error)) {
    return { code: `store_${error.code}`, message: error.message, hint: null, exitCode: EXIT.failed };
  }
  if (isConnectionError(error)) {
    return {
      code: 'temporal_unreachable',
      message: `Temporal cannot be reached: ${messageOf(error)}`,
      hint: 'Check TEMPORAL_ADDRESS and that the server runs; "sluice doctor" says more, "sluice dev" starts a local one.',
      exitCode: EXIT.unreachable,
    };
  }
  if (isSystemError(error)) {
    return { code: 'file', message: systemMessage(error), hint: null, exitCode: EXIT.usage };
  }
  return {
    code: 'internal',
    message: `Internal error: ${messageOf(error)}`,
    hint: 'This is a fault in Sluice. Run it again with SLUICE_DEBUG=1 for the details, and report them with the command you ran.',
    exitCode: EXIT.failed,
  };
}

/** Told by its name, because the class comes from a module that is loaded only when a command needs it. */
function isDefinitionError(error: unknown): error is DefinitionError {
  return error instanceof Error && error.name === 'DefinitionError' && 'problems' in error;
}

/** Told by its name for the same reason. */
function isStoreError(error: unknown): error is StoreError {
  return error instanceof Error && error.name === 'StoreError' && hasString(error, 'code');
}

function definitionReport(problems: readonly Problem[]): ErrorReport {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  return {
    code: 'definition_invalid',
    message: errors === 1 ? 'The definition has an error.' : `The definition has ${errors} errors.`,
    hint: null,
    exitCode: EXIT.usage,
    problems,
  };
}

type ForeseenError = Error & {
  readonly code: string;
  readonly hint?: string | null | undefined;
  readonly exitCode?: ExitCode;
};

function isForeseen(error: unknown): error is ForeseenError {
  if (error instanceof CliError) return true;
  return error instanceof Error && hasString(error, 'code') && ('exitCode' in error || 'hint' in error);
}

const GRPC_DEADLINE_EXCEEDED = 4;
const GRPC_UNAVAILABLE = 14;

/** The client reports a lost server as a gRPC status, the worker as a TransportError. */
function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code: status, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  if (error.name === 'TransportError' || syscall === 'connect') return true;
  if (status === GRPC_UNAVAILABLE || status === GRPC_DEADLINE_EXCEEDED) return true;
  if (/failed to connect before the deadline/i.test(error.message)) return true;
  return error.cause !== undefined && isConnectionError(error.cause);
}

type SystemError = Error & { readonly code: string; readonly syscall: string; readonly path?: string };

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && hasString(error, 'code') && hasString(error, 'syscall');
}

const SYSTEM_MESSAGES: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be accessed',
  EPERM: 'may not be changed',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'is not a folder',
  ENOSPC: 'cannot be written: the disk is full',
  EROFS: 'cannot be written: the file system is read-only',
};

function systemMessage(error: SystemError): string {
  const known = SYSTEM_MESSAGES[error.code];
  if (error.code === 'ENOENT' && error.path !== undefined && !existsSync(dirname(error.path)))
    return `"${error.path}" cannot be reached: the folder "${dirname(error.path)}" does not exist.`;
  return known !== undefined && error.path !== undefined ? `"${error.path}" ${known}.` : error.message;
}

function hasString(value: object, key: string): boolean {
  return typeof (value as Readonly<Record<string, unknown>>)[key] === 'string';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
