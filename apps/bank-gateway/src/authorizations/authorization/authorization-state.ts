import type { CancellationCause, Card, ReleaseCause, bankProtocol } from '#contracts';
import type { Money } from '#money';
import { isLive, type Operation } from './operation.js';

/** What the merchant asked for; it never changes. */
export interface ChargeTerms {
  readonly chargeId: string;
  readonly account: string;
  readonly amount: Money;
  readonly capture: 'automatic' | 'manual';
  readonly card: Card;
  readonly fault: string | null;
}

export interface OpenedAuthorization {
  readonly terms: ChargeTerms;
  /**
   * All that was asked of banks for this charge, in order. At most one authorization, capture or void is live;
   * refunds and reversals of strays may be, beside each other.
   */
  readonly operations: readonly Operation[];
}

/** It is not known yet whether there is an authorization to give back: void once known. */
interface Cancelable {
  readonly cancellation: CancellationCause | null;
}

export interface ApprovedAuthorization extends OpenedAuthorization {
  readonly bank: bankProtocol.BankName;
  /** The bank's own id: captures and voids name it, never our reference (rule 8). */
  readonly bankAuthorizationId: string;
}

interface Releasing extends ApprovedAuthorization {
  readonly cause: ReleaseCause;
  readonly refusalCode: string | null;
}

/**
 * The gateway's half of a charge. `capturing` and `voiding` are its single closing slot: an authorization is
 * in one of them or in neither, so capture and void can never both be under way.
 *
 *     none → authorizing → authorized → capturing → captured ── refunds, or the one compensation
 *                 │             │           │ refused, or not performed and canceled
 *                 │             └───────────┴→ voiding → voided
 *                 └→ declined, failed
 *
 * A cancellation takes the slot when it is free, waits while nobody knows what is taken, and is refused by the
 * capture that was there first.
 */
export type Authorization =
  | { readonly state: 'none' }
  | (OpenedAuthorization & Cancelable & { readonly state: 'authorizing' })
  | (ApprovedAuthorization & { readonly state: 'authorized' })
  | (ApprovedAuthorization & Cancelable & { readonly state: 'capturing' })
  /** A cancellation that it remembers was refused. */
  | (ApprovedAuthorization & Cancelable & { readonly state: 'captured'; readonly bankCaptureId: string })
  | (Releasing & { readonly state: 'voiding' })
  | (Releasing & { readonly state: 'voided' })
  | (OpenedAuthorization & { readonly state: 'declined'; readonly bank: bankProtocol.BankName; readonly code: string })
  | (OpenedAuthorization & {
      readonly state: 'failed';
      readonly bank: bankProtocol.BankName | null;
      readonly reason: 'no_bank_available' | 'not_processed' | 'reversed_out_of_doubt';
    });

export type AuthorizationIn<State extends Authorization['state']> = Extract<Authorization, { state: State }>;
/** A charge that was seen. */
export type KnownAuthorization = Exclude<Authorization, { state: 'none' }>;

/** The operation of this reference, if there is one. */
export function operationOf(authorization: Authorization, reference: string): Operation | undefined {
  if (authorization.state === 'none') return undefined;
  return authorization.operations.find((operation) => operation.reference === reference);
}

/** The operations that workers may be busy with. */
export function liveOperations(authorization: Authorization): readonly Operation[] {
  return authorization.state === 'none' ? [] : authorization.operations.filter(isLive);
}
