import type { bankProtocol } from '#contracts';
import type { Books, EntryPosition } from './books.js';
import type { DecisionContext, BankDecision, BankReply } from './decision.js';
import { entryId, nextNoteId } from './numbering.js';

/**
 * Undoes every performance of a reference, or the one of a bank id, with all dependent ones. Idempotent by its target, not
 * by its own reference. Fences the target's reference, if the bank does so.
 */
export function reverse(
  books: Books,
  request: bankProtocol.ReverseRequest,
  circumstances: DecisionContext,
): BankDecision {
  const { target } = request;
  const named = 'bankId' in target ? books.find(target.bankId) : undefined;
  if ('bankId' in target && !named) return unknown(circumstances.now);

  const reference = 'bankId' in target ? named!.entry.reference : target.reference;
  const performances = named ? [named] : books.performances(reference);
  const fence = fenceFor(books, reference, request.chargeId, circumstances.now);

  if (performances.length === 0) return unseen(books, reference, fence, circumstances.now);

  const reversible = performances.filter(({ entry }) => entry.kind !== 'void' && entry.kind !== 'reversal');
  if (reversible.length === 0) return notReversible(books, request, circumstances);

  const standing = [...new Set(reversible.flatMap(standingUnder))];
  const entries = standing.map((position, index) => reversalOf(books, position, index, request, circumstances));
  const records = [...entries, ...fence];
  if (entries.length === 0) {
    const undone = reversible.map(({ entry, undoneBy }) => ({ bankId: undoneBy!.bankId, reverses: entry.bankId }));
    return { reply: reversals('already_reversed', undone, undone[0]!.bankId, circumstances.now), records };
  }
  const undone = entries.map(({ bankId, reverses }) => ({ bankId, reverses: reverses! }));
  return { reply: reversals('reversed', undone, undone.at(-1)!.bankId, circumstances.now), records };
}

/** The position and all dependent ones, dependents first. */
function standingUnder(position: EntryPosition): EntryPosition[] {
  if (position.undoneBy) return [];
  return [...position.under.flatMap(standingUnder), position];
}

function reversalOf(
  books: Books,
  { entry }: EntryPosition,
  index: number,
  { reference }: bankProtocol.ReverseRequest,
  { now, attemptId }: DecisionContext,
): bankProtocol.EntryRecord {
  const seq = books.positions.length + 1 + index;
  return {
    type: 'entry',
    seq,
    bankId: entryId(books.profile.name, 'reversal', seq),
    kind: 'reversal',
    reference,
    account: entry.account,
    chargeId: entry.chargeId,
    amountMinor: entry.amountMinor,
    currency: entry.currency,
    at: now,
    reverses: entry.bankId,
    ...(attemptId !== undefined && { attemptId }),
  };
}

/** The fence record of a reference, if the bank fences and has not fenced it yet. */
function fenceFor(books: Books, reference: string, chargeId: string, at: number): bankProtocol.FenceRecord[] {
  if (!books.profile.fencesUnseen || books.fence(reference)) return [];
  return [{ type: 'fence', at, bankId: nextNoteId(books), reference, chargeId }];
}

function unseen(books: Books, reference: string, fence: bankProtocol.FenceRecord[], now: number): BankDecision {
  const standing = fence[0] ?? books.fence(reference);
  if (!standing) return unknown(now);
  return {
    reply: { status: 200, body: { state: 'remembered', bankId: standing.bankId, asOf: now } },
    records: fence,
  };
}

const unknown = (asOf: number): BankDecision => ({
  reply: { status: 200, body: { state: 'unknown', asOf } },
  records: [],
});

/** A void has nothing to undo, and undoing a reversal would move the money again. */
function notReversible(
  books: Books,
  { reference, chargeId }: bankProtocol.ReverseRequest,
  { now, attemptId }: DecisionContext,
): BankDecision {
  const bankId = nextNoteId(books);
  const no = { state: 'refused', code: 'not_reversible' } as const;
  const attempt = attemptId === undefined ? {} : { attemptId };
  return {
    reply: { status: 200, body: { ...no, bankId, asOf: now } },
    records: [{ type: 'refusal', at: now, bankId, operation: 'reverse', reference, chargeId, ...no, ...attempt }],
  };
}

function reversals(
  state: 'reversed' | 'already_reversed',
  undone: { bankId: string; reverses: string }[],
  bankId: string,
  asOf: number,
): BankReply {
  return { status: 200, body: { state, bankId, reversals: undone, asOf } };
}
