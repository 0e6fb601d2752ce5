import type { Instant } from '#clock';
import type { CancellationCause } from '#contracts';
import type { Money } from '#money';

/** After this an authorization that nobody captured is given back. */
export const HELD_FOR_MS = 7 * 24 * 60 * 60 * 1_000;

/** The merchant's wish to have this much of an authorization. */
export interface RequestedCapture {
  readonly amount: Money;
  /** The key under which it was asked for. */
  readonly key: string;
  readonly statementDescriptor: string | null;
  readonly statementDescriptorSuffix: string | null;
}

/** The wish to have nothing of it. */
export interface RequestedCancellation {
  readonly cause: CancellationCause;
  /** The merchant's refund; time's cancellation has none. */
  readonly refundId: string | null;
  /** The capture was there first. */
  readonly refused: boolean;
}

/**
 * An authorization that waits for its merchant. A capture and a cancellation may both be under way: which of
 * them wins is decided at the gateway, and told by how the charge ends.
 */
export interface ManualAuthorization {
  /** The account's own time; null while the bank has not said yes. */
  readonly authorizedAt: Instant | null;
  readonly capture: RequestedCapture | null;
  readonly cancellation: RequestedCancellation | null;
}

export const noAuthorization: ManualAuthorization = { authorizedAt: null, capture: null, cancellation: null };

/** When time gives it back, unless somebody was faster. */
export function expiresAt({ authorizedAt, capture, cancellation }: ManualAuthorization): Instant | null {
  return authorizedAt === null || capture || cancellation ? null : authorizedAt + HELD_FOR_MS;
}
