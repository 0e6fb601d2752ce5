import assert from 'node:assert/strict';
import type { BankOrder } from '#bank-call';
import type { Instant } from '#clock';
import type { Movement as PerformedAs, bankProtocol } from '#contracts';
import type { Money } from '#money';
import { authorizeReference, closingReference, strayReference } from './reference.js';

export type OperationKind = 'authorize' | 'capture' | 'void' | 'refund' | 'reversal';
/** The order of an operation that is no reversal. */
export type MovementOrder = Extract<BankOrder, { kind: OperationKind }>;

/** A performance that a bank's statement lists and the ledger has not recorded, by its bank id. */
export interface StrayMovement {
  readonly bankId: string;
  readonly movement: PerformedAs;
  readonly amount: Money;
}

/** One attempt. `begun` is committed before the first byte, so after a crash it may have arrived. */
export interface OperationAttempt {
  readonly id: string;
  /** On the bank's clock, upper bound. */
  readonly begunAt: Instant;
  /** On the bank's clock. */
  readonly validUntil: Instant;
  readonly outcome: AttemptOutcome;
  /** The reason for not processed, doubt or refused. */
  readonly detail: string | null;
  /** The call's duration, for operators. Undefined while it runs, and after a crash of its process. */
  readonly tookMs?: number;
}

export type AttemptOutcome =
  /** It may be on the wire. */
  | 'begun'
  /** The bank may have performed it, or may do so later. */
  | 'doubt'
  /** It moved no money: never sent, or the bank says so. */
  | 'not_processed'
  /** It was in doubt; by the bank's final answer it did not arrive and never will. */
  | 'not_found'
  | 'performed'
  /** Refused by the bank, or malformed. */
  | 'refused';

/** The end of an operation; null while it is live. */
export type OperationEnd =
  | { readonly kind: 'succeeded'; readonly bankId: string }
  /** Refused by the bank. */
  | { readonly kind: 'refused'; readonly code: string }
  /** An authorization, or a capture that a cancellation replaced: this bank has not performed it and never will. */
  | { readonly kind: 'not_performed'; readonly reason: 'not_processed' | 'reversed_out_of_doubt' };

/** One request to one bank under one reference, over all its attempts. */
export interface Operation {
  /** Our name for it, the same for all attempts: `ch_….authorize.alder`. */
  readonly reference: string;
  readonly kind: OperationKind;
  readonly bank: bankProtocol.BankName;
  /** In the charge's currency. */
  readonly amountMinor: number;
  /** The target of a reversal; null for other kinds. */
  readonly stray: StrayMovement | null;
  /** Performances that a statement listed under this reference while it was live. One may be its own. */
  readonly suspects: readonly StrayMovement[];
  /** `reversing` is committed before the reversal is sent, and leads only to its end. */
  readonly phase: 'open' | 'reversing' | 'ended';
  readonly attempts: readonly OperationAttempt[];
  readonly inquiries: number;
  readonly reversals: number;
  /** Both times are on the bank's clock, so that our clocks cannot skip a deadline. */
  readonly doubtSince: Instant | null;
  readonly troubledSince: Instant | null;
  /** In trouble for long, and still retried: an operator should look. */
  readonly needsAttention: boolean;
  readonly end: OperationEnd | null;
  /** Optimistic lock: rises with every save. A worker with an older version has lost the operation. */
  readonly version: number;
  /** The delay until its next action. Ignored once it has ended. */
  readonly dueInMs: number;
}

/** Kinds of which a charge may have at most one live operation. */
export type SlotKind = Extract<OperationKind, 'authorize' | 'capture' | 'void'>;
export const takesSlot = ({ kind }: Operation): boolean => kind !== 'refund' && kind !== 'reversal';

export function openOperation(
  kind: SlotKind,
  bank: bankProtocol.BankName,
  chargeId: string,
  amountMinor: number,
): Operation {
  const reference = kind === 'authorize' ? authorizeReference(chargeId, bank) : closingReference(chargeId, kind);
  return fresh({ reference, kind, bank, amountMinor });
}

export function openRefund(reference: string, bank: bankProtocol.BankName, amountMinor: number): Operation {
  return fresh({ reference, kind: 'refund', bank, amountMinor });
}

/** Starts as `reversing`, so that it can only end by an acknowledgement (rule 6). */
export function openReversal(chargeId: string, bank: bankProtocol.BankName, stray: StrayMovement): Operation {
  const reference = strayReference(chargeId, stray.bankId);
  const { amountMinor } = stray.amount;
  return { ...fresh({ reference, kind: 'reversal', bank, amountMinor }), stray, phase: 'reversing' };
}

function fresh(parts: Pick<Operation, 'reference' | 'kind' | 'bank' | 'amountMinor'>): Operation {
  return {
    ...parts,
    stray: null,
    suspects: [],
    phase: 'open',
    attempts: [],
    inquiries: 0,
    reversals: 0,
    doubtSince: null,
    troubledSince: null,
    needsAttention: false,
    end: null,
    version: 0,
    dueInMs: 0,
  };
}

export const isLive = (operation: Operation): boolean => operation.phase !== 'ended';
export const inDoubt = (attempt: OperationAttempt): boolean =>
  attempt.outcome === 'begun' || attempt.outcome === 'doubt';
export const hasDoubt = (operation: Operation): boolean => operation.attempts.some(inDoubt);

/** Rule 10: every attempt is known to have moved no money, and none is in flight. */
export function isUnperformed(operation: Operation): boolean {
  const unperformed = ({ outcome }: OperationAttempt): boolean =>
    outcome === 'not_processed' || outcome === 'not_found' || outcome === 'refused';
  return isLive(operation) && operation.attempts.every(unperformed);
}

/** Rule 9: a void that is refused or in doubt is followed by the reversal of its authorization. */
export const isUndoneByReversal = (operation: Operation): boolean => operation.kind === 'void';

/** Ends an operation that was canceled and not performed. */
export function withdraw(operation: Operation): Operation {
  assert(isUnperformed(operation), `${operation.reference} may have been performed`);
  return ended(operation, { kind: 'not_performed', reason: 'not_processed' });
}

/** Rule 6. */
export function startReversal(operation: Operation): Operation {
  assert(
    operation.phase === 'open' && (operation.kind === 'authorize' || operation.kind === 'void'),
    'only an authorization, or a void by its authorization, is reversed',
  );
  return { ...operation, phase: 'reversing', dueInMs: 0 };
}

export const ended = (operation: Operation, end: OperationEnd): Operation => ({
  ...operation,
  phase: 'ended',
  end,
  needsAttention: false,
});
