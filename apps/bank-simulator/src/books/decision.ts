import type { bankProtocol } from '#contracts';
import type { Refusal } from './movement.js';

/** An answer that lacks only the moment of its sending. */
export interface BankReply {
  status: number;
  headers?: Record<string, string>;
  body: { asOf: number } & Record<string, unknown>;
}

/** What a bank answers, and what its journal must hold before it does. */
export interface BankDecision {
  reply: BankReply;
  records: bankProtocol.JournalRecord[];
}

/** How a fault twists what a bank would do of itself. */
export interface FaultEffect {
  /** A definite no, whatever the request says. */
  refusal?: Refusal;
  /** The answer to an inquiry or statement reflects the state of that long ago. */
  lagMs?: number;
}

export interface DecisionContext extends FaultEffect {
  /** Unix ms, never less than `books.lastAt`. */
  now: number;
  attemptId?: string;
}

export function errorReply(
  status: number,
  code: bankProtocol.BankErrorCode,
  message: string,
  asOf: number,
  headers?: Record<string, string>,
): BankReply {
  return { status, body: { error: { code, message }, asOf }, ...(headers && { headers }) };
}
