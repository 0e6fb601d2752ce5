import assert from 'node:assert/strict';
import type { Attempt, BankOrder, Slot } from '#bank-call';
import type { KnownAuthorization, ChargeTerms } from './authorization-state.js';
import type { MovementOrder, Operation } from './operation.js';

/** An operation that this process performs, with a slot of its bank's bulkhead. */
export interface ClaimedOperation {
  readonly terms: ChargeTerms;
  /** As saved when this process took it. Its version is the claim. */
  readonly operation: Operation;
  /** The bank id of the performance that it acts on (rule 8); null for an authorization. */
  readonly actsOn: string | null;
  readonly slot: Slot;
  readonly traceparent?: string | undefined;
  /** An attempt that is committed as `begun` and not yet sent. */
  readonly begun?: Attempt | undefined;
}

/** The bank id of the performance that an operation acts on. */
export function actedOnBy(operation: Operation, authorization: KnownAuthorization): string | null {
  switch (operation.kind) {
    case 'authorize':
      return null;
    case 'capture':
    case 'void':
      return 'bankAuthorizationId' in authorization ? authorization.bankAuthorizationId : null;
    case 'refund':
      return 'bankCaptureId' in authorization ? authorization.bankCaptureId : null;
    case 'reversal':
      return operation.stray!.bankId;
  }
}

/** The order of a movement. All but an authorization name the bank id that they act on (rule 8). */
export function movementOf({ terms, operation, actsOn }: ClaimedOperation): MovementOrder {
  const { reference, amountMinor } = operation;
  const { currency } = terms.amount;
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
        authorizationId: known(actsOn),
      };
    case 'void':
      return { kind: 'void', reference, ...aimOf(terms), authorizationId: known(actsOn) };
    case 'refund':
      return { kind: 'refund', reference, ...aimOf(terms), amountMinor, currency, captureId: known(actsOn) };
    case 'reversal':
      return assert.fail('a reversal is no movement of its own');
  }
}

export function inquiryOf({ terms, operation }: ClaimedOperation): Extract<BankOrder, { kind: 'inquire' }> {
  return { kind: 'inquire', reference: operation.reference, ...aimOf(terms) };
}

/** The order of a reversal: by reference, which also fences it; by bank id for a void (rule 9) or a stray (rule 11). */
export function reversalOf({ terms, operation, actsOn }: ClaimedOperation): Extract<BankOrder, { kind: 'reverse' }> {
  const { kind, reference } = operation;
  const target = kind === 'authorize' ? { reference } : { bankId: known(actsOn) };
  const own = kind === 'reversal' ? reference : `${reference}.reversal`;
  return { kind: 'reverse', reference: own, ...aimOf(terms), target };
}

function aimOf({ account, chargeId, fault }: ChargeTerms): { account: string; chargeId: string; fault?: string } {
  return { account, chargeId, ...(fault === null ? {} : { fault }) };
}

function known(actsOn: string | null): string {
  assert(actsOn !== null, 'a bank is asked to act only on what it has performed');
  return actsOn;
}
