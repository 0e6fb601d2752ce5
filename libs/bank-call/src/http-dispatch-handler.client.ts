import assert from 'node:assert';
import { errors, type Dispatcher } from 'undici';
import type { Clock } from '#clock';
import type { NotWrittenCause, SendOptions, WireResult } from './bank-port.js';

/**
 * One request and its response. undici calls `onRequestStart` right before the first byte: an earlier failure is
 * `not_written`, a later one may have arrived. Error codes do not tell the two apart.
 */
export class HttpDispatchHandler implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #ended = false;
  #status: number | undefined;
  readonly #chunks: Buffer[] = [];
  readonly #onAbort = (): void => {
    this.#end(this.#controller ? { kind: 'no_response', cause: 'timeout' } : notWritten('connect_timeout'));
    this.#controller?.abort(new Error('the attempt timed out'));
  };

  constructor(
    private readonly options: SendOptions,
    private readonly clock: Clock,
    private readonly resolve: (result: WireResult) => void,
  ) {
    if (options.signal.aborted) this.#onAbort();
    else options.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // undici retries idempotent requests by itself, but one attempt is one request.
    if (this.#controller) this.#end({ kind: 'no_response', cause: 'reset' });
    else if (this.clock.monotonicMs() > this.options.latestWriteAtMs) this.#end(notWritten('too_late'));
    // The caller has the result `not_written` already.
    if (this.#ended) controller.abort(new Error('given up before it was written'));
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    if (status >= 200) this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const status = this.#status;
    assert(status !== undefined, 'a response ended that never started');
    const text = Buffer.concat(this.#chunks).toString('utf8');
    this.#end(parsed(status, text));
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (!this.#controller) this.#end(notWritten(notWrittenCauses[codeOf(error)] ?? 'connect_failed'));
    else if (isUnreadable(error)) this.#end({ kind: 'broken_response', cause: 'malformed' });
    else if (this.#status !== undefined) this.#end({ kind: 'broken_response', cause: 'cut' });
    else this.#end({ kind: 'no_response', cause: 'reset' });
  }

  #end(result: WireResult): void {
    if (this.#ended) return;
    this.#ended = true;
    this.options.signal.removeEventListener('abort', this.#onAbort);
    this.resolve(result);
  }
}

const notWrittenCauses: Readonly<Record<string, NotWrittenCause>> = {
  ECONNREFUSED: 'connection_refused',
  ENOTFOUND: 'name_unresolved',
  EAI_AGAIN: 'name_unresolved',
  ETIMEDOUT: 'connect_timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
};

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

/** Not HTTP, or headers above undici's limit. */
function isUnreadable(error: Error): boolean {
  return error instanceof errors.HTTPParserError || error instanceof errors.ResponseExceededMaxSizeError;
}

function notWritten(cause: NotWrittenCause): WireResult {
  return { kind: 'not_written', cause };
}

function parsed(status: number, text: string): WireResult {
  try {
    return { kind: 'response', status, body: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'broken_response', cause: 'malformed' };
  }
}
