/**
 * - `tool_missing`: the Temporal CLI or the test server can neither be found nor fetched.
 * - `port_in_use`: another program listens on a port that was asked for.
 * - `server_failed`: the server ended or did not answer in time.
 * - `folder_unusable`: the `.sluice` folder cannot be used as asked.
 */
export type ServerErrorCode = 'tool_missing' | 'port_in_use' | 'server_failed' | 'folder_unusable';

type ServerErrorOptions = { readonly code: ServerErrorCode; readonly hint: string; readonly cause?: unknown };

const EXIT_CODES = { tool_missing: 3, port_in_use: 2, server_failed: 3, folder_unusable: 2 } as const;

/** A local Temporal server could not be had. `hint` says what to do; `exitCode` is the command's. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: ServerErrorCode;
  readonly hint: string;
  readonly exitCode: 2 | 3;

  constructor(message: string, options: ServerErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.exitCode = EXIT_CODES[options.code];
  }
}

/** The message of anything thrown, with the system's code of a failed connection where there is one. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error && error.message === 'fetch failed') return reasonOf(error.cause);
  return error.message;
}
