import type { Instant } from '#clock';
import { money } from '#money';
import type { Charge, ChargeOutcome } from './charge.js';
import { intentOf } from './refund-of-intent.js';
import type { RefundOpening } from './refund.js';

/**
 * What was authorized and is not captured, which Stripe shows as a refund: the rest of a partial capture, and all of an
 * authorization that lapsed. It moves no money, because the bank has taken none.
 *
 * @returns undefined when nothing is left, or a merchant's own refund gave it back
 */
export function uncapturedRest(charge: Charge, outcome: ChargeOutcome, now: Instant): RefundOpening | undefined {
  if (charge.state === 'none') return undefined;
  const { id, amount } = charge.opening;
  const isGivenBack = Boolean(charge.hold?.cancellation?.refundId);
  const isLapse = outcome.type === 'released' && outcome.cause === 'expired' && !isGivenBack;
  const restMinor =
    outcome.type === 'posted' ? amount.amountMinor - outcome.amount.amountMinor : isLapse ? amount.amountMinor : 0;
  if (restMinor <= 0) return undefined;
  return {
    id: restIdOf(id),
    amount: money(restMinor, amount.currency),
    reason: isLapse ? 'expired_uncaptured_charge' : null,
    openedAt: now,
    key: null,
    ...intentOf(charge.opening),
  };
}

/** A charge has one at most, so its id follows from the charge's: what comes twice is one row. */
export const restIdOf = (chargeId: string): string => `re_${chargeId.slice('ch_'.length)}`;
