import type { bankProtocol } from '#contracts';
import type { Books } from './books.js';
import { errorReply, type DecisionContext, type BankDecision, type BankReply } from './decision.js';
import { inquire } from './inquire.js';
import { entryKindOf, perform, positiveStates, type DirectMovement, type Refusal } from './movement.js';
import { nextNoteId } from './numbering.js';
import { reverse } from './reverse.js';
import { statement } from './statement.js';

/** A bank's decision: the answer and the journal records for a request. Pure. */
export function decide(books: Books, request: bankProtocol.BankRequest, circumstances: DecisionContext): BankDecision {
  const { now, lagMs = 0 } = circumstances;
  switch (request.kind) {
    case 'authorize':
    case 'capture':
    case 'void':
    case 'refund':
      return move(books, request, circumstances);
    case 'reverse':
      if (expired(books, request, now)) return refuseExpired(books, request, circumstances);
      return reverse(books, request, circumstances);
    case 'inquire':
      return { reply: inquire(books, request.reference, now - lagMs), records: [] };
    case 'statement':
      return { reply: statement(books, request, now - lagMs), records: [] };
  }
}

function move(books: Books, movement: DirectMovement, circumstances: DecisionContext): BankDecision {
  const { now, attemptId } = circumstances;
  if (books.fence(movement.reference)) {
    return refuse(books, movement, { state: 'refused', code: 'reversed' }, circumstances);
  }
  // Before the check of `validUntil`: an idempotent bank repeats its answer at any later time.
  const remembered = books.remembered(movement.reference);
  if (remembered) return { reply: repeat(remembered, movement, now), records: [] };

  if (circumstances.refusal) return refuse(books, movement, circumstances.refusal, circumstances);
  if (expired(books, movement, now)) return refuseExpired(books, movement, circumstances);

  const outcome = perform(books, movement, now, attemptId);
  if ('state' in outcome) return refuse(books, movement, outcome, circumstances);
  return { reply: answerOf(outcome, now), records: [outcome] };
}

const expired = (books: Books, request: bankProtocol.MovementRequest, now: number): boolean =>
  books.profile.enforcesValidUntil && now > request.validUntil;

function refuseExpired(
  books: Books,
  request: bankProtocol.MovementRequest,
  { now, attemptId }: DecisionContext,
): BankDecision {
  const record = refusalRecord(books, request, { state: 'error', code: 'validity_expired' }, now, attemptId);
  const message = `it arrived at ${now}, after its validUntil ${request.validUntil}`;
  return { reply: errorReply(409, 'validity_expired', message, now), records: [record] };
}

function refuse(
  books: Books,
  movement: DirectMovement,
  refusal: Refusal,
  { now, attemptId }: DecisionContext,
): BankDecision {
  const record = refusalRecord(books, movement, refusal, now, attemptId);
  return { reply: answerOf(record, now), records: [record] };
}

function refusalRecord(
  books: Books,
  request: bankProtocol.MovementRequest,
  refusal: Pick<bankProtocol.RefusalRecord, 'state' | 'code'>,
  at: number,
  attemptId: string | undefined,
): bankProtocol.RefusalRecord {
  return {
    type: 'refusal',
    at,
    bankId: nextNoteId(books),
    operation: request.kind,
    reference: request.reference,
    chargeId: request.chargeId,
    ...refusal,
    ...(attemptId !== undefined && { attemptId }),
  };
}

function repeat(
  remembered: bankProtocol.EntryRecord | bankProtocol.RefusalRecord,
  movement: DirectMovement,
  now: number,
): BankReply {
  const same =
    remembered.type === 'entry'
      ? remembered.kind === entryKindOf[movement.kind]
      : remembered.operation === movement.kind;
  if (same) return answerOf(remembered, now);
  return errorReply(409, 'reference_reused', `${movement.reference} named another operation before`, now);
}

function answerOf(record: bankProtocol.EntryRecord | bankProtocol.RefusalRecord, asOf: number): BankReply {
  const { bankId } = record;
  if (record.type === 'entry') return { status: 200, body: { state: positiveStates[record.kind], bankId, asOf } };
  return { status: 200, body: { state: record.state, bankId, code: record.code, asOf } };
}
