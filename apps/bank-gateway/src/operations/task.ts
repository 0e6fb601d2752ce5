import type { Attempt, BankOrder, Slot } from '#bank-call';
import type { Terms } from '../authorizations/authorization.js';
import type { Movement, Operation } from './operation.js';

/** An operation in the hands of this process, with a place in its bank's bulkhead. */
export interface Task {
  readonly terms: Terms;
  /** As it was saved when we took it; its version is our claim to it. */
  readonly operation: Operation;
  /** Null until a bank has approved. */
  readonly bankAuthorizationId: string | null;
  readonly slot: Slot;
  readonly traceparent?: string | undefined;
  /** Committed as `begun` and not yet sent, when we took the operation by beginning it. */
  readonly begun?: Attempt | undefined;
}

/** The movement itself. Capture and void name what they act on by the bank's id (rule 8). */
export function movementOf({ terms, operation, bankAuthorizationId }: Task): Movement {
  const { reference } = operation;
  const { amountMinor, currency } = terms.amount;
  switch (operation.kind) {
    case 'authorize': {
      const { brand, last4, fingerprint, behavior } = terms.card;
      return {
        kind: 'authorize',
        reference,
        ...aimOf(terms),
        amountMinor,
        currency,
        instrument: { brand, last4, fingerprint, behavior },
      };
    }
    case 'capture':
      return {
        kind: 'capture',
        reference,
        ...aimOf(terms),
        amountMinor,
        currency,
        authorizationId: granted(bankAuthorizationId),
      };
    case 'void':
      return { kind: 'void', reference, ...aimOf(terms), authorizationId: granted(bankAuthorizationId) };
  }
}

export function inquiryOf({ terms, operation }: Task): Extract<BankOrder, { kind: 'inquire' }> {
  return { kind: 'inquire', reference: operation.reference, ...aimOf(terms) };
}

/** Undoes every performance of an authorization's reference and fences it; a void's authorization by bank id (rule 9). */
export function reversalOf({ terms, operation, bankAuthorizationId }: Task): Extract<BankOrder, { kind: 'reverse' }> {
  const target =
    operation.kind === 'void' ? { bankId: granted(bankAuthorizationId) } : { reference: operation.reference };
  return { kind: 'reverse', reference: `${operation.reference}.reversal`, ...aimOf(terms), target };
}

function aimOf({ account, chargeId, fault }: Terms): { account: string; chargeId: string; fault?: string } {
  return { account, chargeId, ...(fault === null ? {} : { fault }) };
}

function granted(bankAuthorizationId: string | null): string {
  if (bankAuthorizationId === null) throw new Error('nothing can be captured or voided before a bank has approved it');
  return bankAuthorizationId;
}
