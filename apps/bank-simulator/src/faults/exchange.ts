import type { bankProtocol } from '#contracts';
import type { BankReply, FaultEffect } from '../books/decision.js';

/** One request and its answer, as a fault may handle it. What no fault touches is delivered and sent. */
export interface BankExchange {
  readonly operation: bankProtocol.BankOperation;
  /** Brings the request to the bank's books. Resolves with the bank's answer once its journal is on disk. */
  deliver(twist?: FaultEffect): Promise<BankReply>;
  /** The bank's clock, Unix ms. */
  now(): number;

  send(reply: BankReply): void;
  /** The answer as bytes, its head sent; for faults of the wire. */
  begin(reply: BankReply): { payload: Buffer; write(bytes: Uint8Array): void; end(): void; breakOff(): void };
  /** Not of the protocol. */
  sendText(status: number, text: string): void;
  /** The connection ends at once, with a reset. */
  reset(): void;

  /** Resolves when the caller has closed the connection before it had an answer. */
  callerLeft(): Promise<void>;
  /** Rejects when the bank stops. */
  pause(delayMs: number): Promise<void>;
  /** Uniform in [0, 1), of the generator of the rule that struck. */
  random(): number;
}

export type FaultBehavior<Name extends bankProtocol.FaultName> = (
  exchange: BankExchange,
  parameters: bankProtocol.FaultParameters[Name],
) => Promise<void> | void;
