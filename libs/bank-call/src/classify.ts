import { bankProtocol } from '#contracts';
import type { AnswerTo, BankOrder } from './bank-order.js';
import type { WireResult } from './bank-port.js';
import type { NotProcessedReason, BankCallResult } from './bank-call-result.js';

/** Maps a wire result to answered, not processed or doubt. Every unknown result is doubt. */
export function classify<O extends BankOrder>(order: O, result: WireResult): BankCallResult<O> {
  switch (result.kind) {
    case 'not_written':
      return { kind: 'not_processed', reason: result.cause };
    case 'no_response':
      return { kind: 'doubt', reason: result.cause };
    case 'broken_response':
      return { kind: 'doubt', reason: result.cause };
    case 'response':
      return result.status === 200 ? classifyAnswer(order, result.body) : classifyError(result.status, result.body);
  }
}

function classifyAnswer<O extends BankOrder>(order: O, body: unknown): BankCallResult<O> {
  const parsed = bankProtocol.answerSchemas[order.kind].safeParse(body);
  if (!parsed.success || !isAbout(order, parsed.data)) return { kind: 'doubt', reason: 'nonconforming' };
  return { kind: 'answered', answer: parsed.data as AnswerTo<O> };
}

/** An answer about another operation counts as doubt. */
function isAbout(order: BankOrder, answer: bankProtocol.BankAnswer): boolean {
  if (order.kind !== 'inquire' || answer.state !== 'found') return true;
  return answer.performances.every(({ reference }) => reference === order.reference);
}

function classifyError(status: number, body: unknown): BankCallResult<never> {
  const parsed = bankProtocol.bankErrorSchema.safeParse(body);
  const reason = parsed.success ? notProcessedReasons[`${status} ${parsed.data.error.code}`] : undefined;
  if (!parsed.success || !reason) return { kind: 'doubt', reason: `status_${status}` };
  return { kind: 'not_processed', reason, bankTime: { asOf: parsed.data.asOf, now: parsed.data.now } };
}

/** Both status and code must match. */
const notProcessedReasons: Readonly<Record<string, NotProcessedReason>> = {
  '503 not_processed': 'not_processed',
  '429 not_processed': 'rate_limited',
  '409 validity_expired': 'validity_expired',
  '400 invalid_request': 'malformed',
  '404 invalid_request': 'malformed',
  '422 invalid_request': 'malformed',
};
