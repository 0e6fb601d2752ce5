import type { Instant } from '#clock';
import type { CancellationCause } from '#contracts';
import type { Money } from '#money';

/** An authorization that is not captured lapses after this time, as at Stripe. */
export const HELD_FOR_MS = 7 * 24 * 60 * 60 * 1_000;

/** A capture that the merchant requested, of all or a part of the authorization. */
export interface RequestedCapture {
  readonly amount: Money;
  /** Idempotency key of the request. */
  readonly key: string;
  readonly statementDescriptor: string | null;
  readonly statementDescriptorSuffix: string | null;
}

/** A cancellation of the authorization, by the merchant's refund or by its lapse. */
export interface RequestedCancellation {
  readonly cause: CancellationCause;
  /** The refund that cancels; null for a lapse. */
  readonly refundId: string | null;
  /** True when the gateway captured first. */
  readonly refused: boolean;
}

/**
 * The part of a charge that exists with `capture_method: manual`. A capture and a cancellation may race: the gateway
 * decides which one wins, and the outcome of the charge says so.
 */
export interface ManualAuthorization {
  /** On the account's clock; null until the bank approves. */
  readonly authorizedAt: Instant | null;
  readonly capture: RequestedCapture | null;
  readonly cancellation: RequestedCancellation | null;
}

export const noAuthorization: ManualAuthorization = { authorizedAt: null, capture: null, cancellation: null };

/** @returns when the authorization lapses; null once a capture or a cancellation is requested */
export function expiresAt({ authorizedAt, capture, cancellation }: ManualAuthorization): Instant | null {
  return authorizedAt === null || capture || cancellation ? null : authorizedAt + HELD_FOR_MS;
}
