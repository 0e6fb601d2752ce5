import type { bankProtocol } from '#contracts';
import type { BankReply, FaultEffect } from '../books/decision.js';

/** One request and its answer, as a fault controls them. Without a fault: deliver, then send. */
export interface BankExchange {
  readonly operation: bankProtocol.BankOperation;
  /** Processes the request. Resolves with the answer once the journal is on disk. */
  deliver(twist?: FaultEffect): Promise<BankReply>;
  /** The bank's clock, Unix ms. */
  now(): number;

  send(reply: BankReply): void;
  /** Sends the head, and returns the body as bytes, for faults of the wire. */
  begin(reply: BankReply): { payload: Buffer; write(bytes: Uint8Array): void; end(): void; breakOff(): void };
  /** A body outside the protocol. */
  sendText(status: number, text: string): void;
  /** Resets the connection at once. */
  reset(): void;

  /** Resolves when the caller closes the connection before its answer. */
  callerLeft(): Promise<void>;
  /** Rejects when the bank stops. */
  pause(delayMs: number): Promise<void>;
  /** Uniform in [0, 1), from the generator of the rule. */
  random(): number;
}

export type FaultBehavior<Name extends bankProtocol.FaultName> = (
  exchange: BankExchange,
  parameters: bankProtocol.FaultParameters[Name],
) => Promise<void> | void;
