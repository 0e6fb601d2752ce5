import type { bankProtocol } from '#contracts';
import type { Refusal } from './movement.js';

/** An answer without the time of sending. */
export interface BankReply {
  status: number;
  headers?: Record<string, string>;
  body: { asOf: number } & Record<string, unknown>;
}

/** The answer, and the records to journal before it is sent. */
export interface BankDecision {
  reply: BankReply;
  records: bankProtocol.JournalRecord[];
}

/** A fault's change of a bank's decision. */
export interface FaultEffect {
  /** Refuses any request. */
  refusal?: Refusal;
  /** An inquiry or statement reflects the state this many milliseconds ago. */
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
