import type { Instant } from '#clock';
import { payments } from '#contracts';
import { money, type Money } from '#money';
import { invalidRequest, resourceMissing } from '../../protocol/stripe-error.js';
import type { Claim } from '../../idempotency/key.js';
import { refused, type Decide, type RequestDecision } from './charge-request.js';
import { ownCharge, type OpenedCharge } from '../charge/charge.js';
import { isReleaseCertain } from '../charge/pending.js';
import {
  alreadyRefunded,
  lockTimeout,
  notRefundable,
  ofIntent,
  refundTooLarge,
  tooManyRefunds,
} from '../answers/state-errors.js';
import type { RefundParameters } from '../parameters/refund-parameters.js';
import { intentOf } from '../charge/refund-of-intent.js';
import type { RequestedRefund } from '../charge/refund.js';
import { refundedMinor } from '../charge/refunds-of-charge.js';

/** What is asked of a charge. */
export type RefundTerms = Pick<RefundParameters, 'amountMinor' | 'reason' | 'metadata'>;

/** Refunds captured money, or cancels an authorization that was not captured; the state of the charge decides. */
export function createRefund(
  claim: Claim,
  id: string,
  request: RefundTerms,
  { refundsPerCharge }: { readonly refundsPerCharge: number },
): Decide {
  return (found, now) => {
    const charge = ownCharge(found, claim.account);
    if (!charge) throw resourceMissing('charge', claim.chargeId!, 'id');
    const refund = (amount: Money) => ({ opening: openingOf(charge, amount, now), metadata: request.metadata });
    switch (charge.state) {
      case 'failed':
        return refused(notRefundable(charge.opening.id, 'it failed, and no money was taken.'));
      case 'canceled':
        return refused(alreadyRefunded(charge.opening.id));
      case 'requested':
      case 'authorized':
        return cancel(charge, request.amountMinor, refund);
      case 'succeeded':
        return refundCaptured(charge, charge.ending.amount, request.amountMinor, refund, refundsPerCharge);
    }
  };

  function openingOf({ opening }: OpenedCharge, amount: Money, openedAt: Instant): RequestedRefund {
    return { id, amount, reason: request.reason, openedAt, key: claim.key, ...intentOf(opening) };
  }
}

type MakeRefund = (amount: Money) => { opening: RequestedRefund; metadata: RefundTerms['metadata'] };

/** Only the whole authorization can be canceled. A capture under way may still win; the gateway decides. */
function cancel(charge: OpenedCharge, amountMinor: number | undefined, refund: MakeRefund): RequestDecision {
  const { id, amount, paymentIntent } = charge.opening;
  if (paymentIntent !== null) return refused(ofIntent(id, paymentIntent, 'cancel'));
  // Not stored under the key: the same request may succeed in a moment.
  if (!charge.hold) throw notRefundable(id, 'it is still pending. Try again in a moment.');
  const { cancellation } = charge.hold;
  if (cancellation && !isReleaseCertain(charge)) throw lockTimeout(id);
  if (cancellation) return refused(alreadyRefunded(id));
  if (amountMinor !== undefined && amountMinor !== amount.amountMinor) {
    return refused(
      invalidRequest(
        `Charge ${id} has not been captured: its authorization can only be given back whole. To keep a part, capture that part.`,
        { param: 'amount' },
      ),
    );
  }
  return requestCancellation(charge, refund(amount));
}

/** Of an authorization that no other cancellation gives back. */
export function requestCancellation({ opening }: OpenedCharge, refund: ReturnType<MakeRefund>): RequestDecision {
  const { id: chargeId, account } = opening;
  const cause = 'canceled';
  return {
    events: [{ type: 'cancellation_requested', cause, refund }],
    emit: [payments.cancellationRequested({ chargeId, account, cause })],
  };
}

/** Runs under the charge's lock, so that concurrent refunds never exceed the captured amount. */
function refundCaptured(
  charge: OpenedCharge,
  captured: Money,
  amountMinor: number | undefined,
  refund: MakeRefund,
  refundsPerCharge: number,
): RequestDecision {
  const left = money(captured.amountMinor - refundedMinor(charge.refunds), captured.currency);
  if (left.amountMinor === 0) return refused(alreadyRefunded(charge.opening.id));
  if (charge.refunds.count >= refundsPerCharge) return refused(tooManyRefunds(charge.opening.id, refundsPerCharge));
  const wanted = money(amountMinor ?? left.amountMinor, captured.currency);
  if (wanted.amountMinor > left.amountMinor) return refused(refundTooLarge(wanted, left));
  const asked = refund(wanted);
  const { id: chargeId, account } = charge.opening;
  return {
    events: [{ type: 'refund_requested', ...asked }],
    emit: [payments.refundRequested({ refundId: asked.opening.id, chargeId, account, amount: asked.opening.amount })],
  };
}
