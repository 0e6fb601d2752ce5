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

/** True when a requested cancellation can no longer lose: the bank has authorized, and no capture was requested. */
export function isReleaseCertain({ state, hold }: OpenedCharge): boolean {
  return state === 'authorized' && !hold?.capture && hold?.cancellation?.refused === false;
}

/** Loaded refunds of captured money that have not ended. */
export function pendingRefunds({ refunds }: OpenedCharge): ChargeRefund[] {
  return refunds.known.filter((refund) => refund.of === 'capture' && refundState(refund) === 'pending');
}

/** True while another service owes the outcome of a request. */
export function isAwaiting(charge: OpenedCharge): boolean {
  return (
    charge.state === 'requested' ||
    pendingCapture(charge) !== null ||
    pendingCancellation(charge) !== null ||
    charge.refunds.pendingMinor > 0
  );
}

/** @returns when the authorization lapses, on the account's clock; null when it cannot lapse */
export function lapsesAt({ hold, ending }: OpenedCharge): Instant | null {
  return hold && !ending ? expiresAt(hold) : null;
}
