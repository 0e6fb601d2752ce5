import type { CancellationCause, Card, ReleaseCause, bankProtocol } from '#contracts';
import type { Money } from '#money';
import { isLive, type Operation } from './operation.js';

/** The merchant's request. It never changes. */
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
  /** In order. At most one authorization, capture or void is live; refunds and reversals may be concurrent. */
  readonly operations: readonly Operation[];
}

/** A cancellation waits until it is known whether the bank authorized: then void. */
interface Cancelable {
  readonly cancellation: CancellationCause | null;
}

export interface ApprovedAuthorization extends OpenedAuthorization {
  readonly bank: bankProtocol.BankName;
  /** The bank's id. Captures and voids name it, never our reference (rule 8). */
  readonly bankAuthorizationId: string;
}

interface Releasing extends ApprovedAuthorization {
  readonly cause: ReleaseCause;
  readonly refusalCode: string | null;
}

/**
 * The gateway's part of a charge, as a state machine (README). `capturing` and `voiding` are the one closing slot, so a
 * capture and a void never run concurrently.
 */
export type Authorization =
  | { readonly state: 'none' }
  | (OpenedAuthorization & Cancelable & { readonly state: 'authorizing' })
  | (ApprovedAuthorization & { readonly state: 'authorized' })
  | (ApprovedAuthorization & Cancelable & { readonly state: 'capturing' })
  /** `cancellation` here: it was refused. */
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
/** An authorization that exists. */
export type KnownAuthorization = Exclude<Authorization, { state: 'none' }>;

/** The operation with this reference, if any. */
export function operationOf(authorization: Authorization, reference: string): Operation | undefined {
  if (authorization.state === 'none') return undefined;
  return authorization.operations.find((operation) => operation.reference === reference);
}

/** The operations that have not ended. */
export function liveOperations(authorization: Authorization): readonly Operation[] {
  return authorization.state === 'none' ? [] : authorization.operations.filter(isLive);
}
