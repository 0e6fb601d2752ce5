import type { bankProtocol } from '#contracts';
import type { Instant } from '#clock';

/** One attempt at an order. If it may move money it is durably `begun` before it is made. */
export interface Attempt {
  id: string;
  /** Monotonic milliseconds, read before `begun` was committed. */
  begunAtMs: number;
  /** On the bank's clock; committed with `begun`, never recomputed. Not for inquiries and statements. */
  validUntil?: Instant | undefined;
}

export interface SendOptions {
  attemptId: string;
  /** Aborts when the attempt's time is up. The port then answers at once with what it knows. */
  signal: AbortSignal;
  /**
   * Monotonic milliseconds. The port looks at the clock right before the first byte and writes nothing after
   * this: a worker that was frozen between `begun` and the wire must not send what others hold for settled.
   */
  latestWriteAtMs: number;
  /** W3C trace context. */
  traceparent?: string | undefined;
}

/** The bank port: the one door to the banks. The simulation puts banks of its own behind it. */
export interface BankPort {
  /** Resolves with what happened on the wire, whatever it was; rejects only for a bug. */
  send(bank: bankProtocol.BankName, request: bankProtocol.BankRequest, options: SendOptions): Promise<WireResult>;
}

/** What happened on the wire, not yet judged. */
export type WireResult =
  /** A whole response with a JSON body. */
  | { kind: 'response'; status: number; body: unknown }
  /** A response whose body was cut off, or that is not JSON, or not even HTTP. */
  | { kind: 'broken_response'; cause: 'cut' | 'malformed' }
  /** Not a byte of the request was written. */
  | { kind: 'not_written'; cause: NotWrittenCause }
  /** The request, or part of it, may have arrived; no response came. */
  | { kind: 'no_response'; cause: 'timeout' | 'reset' };

export type NotWrittenCause =
  | 'connection_refused'
  | 'name_unresolved'
  | 'connect_timeout'
  | 'connect_failed'
  /** `latestWriteAtMs` had passed. */
  | 'too_late';
