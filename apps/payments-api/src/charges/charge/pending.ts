import type { Instant } from '#clock';
import { refundState, type ChargeRefund } from './refund.js';
import type { OpenedCharge } from './charge.js';
import { expiresAt, type RequestedCancellation, type RequestedCapture } from './manual-authorization.js';

/** The capture that is under way. */
export function pendingCapture({ hold, ending }: OpenedCharge): RequestedCapture | null {
  return ending ? null : (hold?.capture ?? null);
}

/** The cancellation that is under way. */
export function pendingCancellation({ hold, ending }: OpenedCharge): RequestedCancellation | null {
  const cancellation = hold?.cancellation;
  return ending || !cancellation || cancellation.refused ? null : cancellation;
}

/**
 * Nothing can overtake the cancellation any more: the bank has authorized, and nobody asked for the capture. Until then
 * the charge may still be captured, or fail.
 */
export function isReleaseCertain({ state, hold }: OpenedCharge): boolean {
  return state === 'authorized' && !hold?.capture && hold?.cancellation?.refused === false;
}

/** Refunds of captured money that have not ended, of those that were loaded. */
export function pendingRefunds({ refunds }: OpenedCharge): ChargeRefund[] {
  return refunds.known.filter((refund) => refund.of === 'capture' && refundState(refund) === 'pending');
}

/** Other services have still to say what came of something that was asked for. */
export function isAwaiting(charge: OpenedCharge): boolean {
  return (
    charge.state === 'requested' ||
    pendingCapture(charge) !== null ||
    pendingCancellation(charge) !== null ||
    charge.refunds.pendingMinor > 0
  );
}

/** When time gives an authorization back, on the account's clock; null for whatever it cannot touch. */
export function lapsesAt({ hold, ending }: OpenedCharge): Instant | null {
  return hold && !ending ? expiresAt(hold) : null;
}
