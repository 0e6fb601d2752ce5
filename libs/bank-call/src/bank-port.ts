import type { bankProtocol } from '#contracts';
import type { Instant } from '#clock';

/** One attempt at an order. If it may move money, its `begun` is committed first. */
export interface Attempt {
  id: string;
  /** Monotonic milliseconds, read before the commit of `begun`. */
  begunAtMs: number;
  /** On the bank's clock. Committed with `begun`, never recomputed. Not set for inquiries and statements. */
  validUntil?: Instant | undefined;
}

export interface SendOptions {
  attemptId: string;
  /** Aborts at the attempt's time-out. The port then returns its result at once. */
  signal: AbortSignal;
  /**
   * Monotonic milliseconds. The port checks it right before the first byte: a process that was frozen after `begun` must
   * not send an attempt that others have settled.
   */
  latestWriteAtMs: number;
  /** W3C trace context. */
  traceparent?: string | undefined;
}

/** The bank port. All requests to banks go through it. */
export interface BankPort {
  /** Resolves with the result on the wire, faults included. Rejects only for a bug. */
  send(bank: bankProtocol.BankName, request: bankProtocol.BankRequest, options: SendOptions): Promise<WireResult>;
}

/** The result on the wire, before classification. */
export type WireResult =
  /** A complete response with a JSON body. */
  | { kind: 'response'; status: number; body: unknown }
  /** A response that was cut off, or is not JSON, or not HTTP. */
  | { kind: 'broken_response'; cause: 'cut' | 'malformed' }
  /** No byte of the request was written. */
  | { kind: 'not_written'; cause: NotWrittenCause }
  /** The request may have arrived, in part or whole. No response came. */
  | { kind: 'no_response'; cause: 'timeout' | 'reset' };

export type NotWrittenCause =
  | 'connection_refused'
  | 'name_unresolved'
  | 'connect_timeout'
  | 'connect_failed'
  /** `latestWriteAtMs` had passed. */
  | 'too_late';
