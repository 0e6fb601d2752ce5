import { bankProtocol } from '#contracts';
import type { Books, EntryPosition } from './books.js';
import { entryId } from './numbering.js';

/** A movement that is no reversal. */
export type DirectMovement = Exclude<bankProtocol.MovementRequest, bankProtocol.ReverseRequest>;

export type Refusal =
  { state: 'declined'; code: bankProtocol.DeclineCode } | { state: 'refused'; code: bankProtocol.RefusalCode };

export const positiveStates = {
  authorization: 'approved',
  capture: 'captured',
  void: 'voided',
  refund: 'refunded',
  reversal: 'reversed',
} as const satisfies Record<bankProtocol.EntryKind, string>;

export const entryKindOf = {
  authorize: 'authorization',
  capture: 'capture',
  void: 'void',
  refund: 'refund',
} as const satisfies Record<DirectMovement['kind'], bankProtocol.EntryKind>;

/** The entry of this movement, or its refusal. */
export function perform(
  books: Books,
  movement: DirectMovement,
  at: number,
  attemptId: string | undefined,
): bankProtocol.EntryRecord | Refusal {
  const granted = grant(books, movement);
  if ('state' in granted) return granted;
  const seq = books.positions.length + 1;
  const kind = entryKindOf[movement.kind];
  return {
    type: 'entry',
    seq,
    bankId: entryId(books.profile.name, kind, seq),
    kind,
    reference: movement.reference,
    account: movement.account,
    chargeId: movement.chargeId,
    ...granted,
    at,
    ...(attemptId !== undefined && { attemptId }),
  };
}

type Granted = Pick<bankProtocol.EntryRecord, 'amountMinor' | 'currency' | 'of' | 'card'>;

/** A bank checks a movement only against its target. It performs a second capture or refund under a new reference. */
function grant(books: Books, movement: DirectMovement): Granted | Refusal {
  switch (movement.kind) {
    case 'authorize': {
      const { behavior, ...card } = movement.instrument;
      if (!books.profile.networks.includes(card.brand)) return refused('network_not_supported');
      const code = bankProtocol.declineOf(behavior);
      if (code) return { state: 'declined', code };
      return { amountMinor: movement.amountMinor, currency: movement.currency, card };
    }
    case 'capture': {
      const authorization = standingAuthorization(books, movement.authorizationId);
      return 'state' in authorization ? authorization : part(authorization, movement);
    }
    case 'void': {
      const authorization = standingAuthorization(books, movement.authorizationId);
      if ('state' in authorization) return authorization;
      if (authorization.under.some((capture) => !capture.undoneBy)) return refused('authorization_captured');
      const { bankId, amountMinor, currency } = authorization.entry;
      return { amountMinor, currency, of: bankId };
    }
    case 'refund': {
      const capture = books.find(movement.captureId);
      if (capture?.entry.kind !== 'capture') return refused('unknown_capture');
      return capture.undoneBy ? refused('capture_reversed') : part(capture, movement);
    }
  }
}

function standingAuthorization(books: Books, bankId: string): EntryPosition | Refusal {
  const authorization = books.find(bankId);
  if (authorization?.entry.kind !== 'authorization') return refused('unknown_authorization');
  if (!authorization.undoneBy) return authorization;
  return refused(authorization.undoneBy.kind === 'void' ? 'authorization_voided' : 'authorization_reversed');
}

/** Each capture or refund may take up to the whole amount of its target. */
function part(position: EntryPosition, asked: { amountMinor: number; currency: string }): Granted | Refusal {
  const { bankId, amountMinor, currency } = position.entry;
  if (asked.currency !== currency) return refused('currency_mismatch');
  if (asked.amountMinor > amountMinor) return refused('amount_too_large');
  return { amountMinor: asked.amountMinor, currency, of: bankId };
}

const refused = (code: bankProtocol.RefusalCode): Refusal => ({ state: 'refused', code });
