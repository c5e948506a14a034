import {
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Interceptor>;
type PlainCall = ReturnType<Parameters<Interceptor>[1]>;

/**
 * For every connection: the SDK's own retries, which wait on a timer that outlives the connection. A call that is tried
 * again after the connection was closed fails as cancelled; the SDK alone would throw out of the timer, where nobody can
 * catch it and the process ends.
 */
export function grpcInterceptors(): Interceptor[] {
  return [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), cancelWhenClosed];
}

const cancelWhenClosed: Interceptor = (options, nextCall) => {
  try {
    return nextCall(options) as Call;
  } catch (error) {
    return new CancelledCall(error instanceof Error ? error.message : String(error)) as PlainCall as Call;
  }
};

type Listener = {
  readonly onReceiveMessage?: (message: null) => void;
  readonly onReceiveStatus?: (status: {
    readonly code: number;
    readonly details: string;
    readonly metadata: unknown;
  }) => void;
};

const CANCELLED = 1;

/** A call that was never sent. Nothing is told to it, and it answers when it is started. */
class CancelledCall {
  readonly #details: string;

  constructor(details: string) {
    this.#details = details;
  }

  start(metadata: unknown, listener: Listener = {}): void {
    listener.onReceiveMessage?.(null);
    listener.onReceiveStatus?.({ code: CANCELLED, details: this.#details, metadata });
  }

  sendMessage(): void {}
  sendMessageWithContext(): void {}
  startRead(): void {}
  halfClose(): void {}
  cancelWithStatus(): void {}

  getPeer(): string {
    return 'closed connection';
  }

  getAuthContext(): null {
    return null;
  }
}
