import type { Instant } from '#clock';
import { payments } from '#contracts';
import { money } from '#money';
import { resourceMissing, type StripeError } from '../../protocol/stripe-error.js';
import type { Claim } from '../../idempotency/key.js';
import { refused, type Decide, type RequestDecision } from './charge-request.js';
import type { RequestedCapture } from '../charge/manual-authorization.js';
import { ownCharge, type OpenedCharge } from '../charge/charge.js';
import type { CaptureParameters } from '../parameters/capture-parameters.js';
import { amountTooSmall } from '../parameters/amount-too-small.js';
import { changesOf } from '../parameters/charge-details.js';
import { isReleaseCertain, lapsesAt, pendingCapture } from '../charge/pending.js';
import {
  alreadyCaptured,
  alreadyRefunded,
  captureTooLarge,
  expiredForCapture,
  lockTimeout,
  notCapturable,
  ofIntent,
} from '../answers/state-errors.js';

/** Requests the capture of an authorization or of a part; the rest is released. */
export function captureCharge(claim: Claim, request: CaptureParameters): Decide {
  return (found, now) => {
    const charge = ownCharge(found, claim.account);
    if (!charge) throw resourceMissing('charge', claim.chargeId!, 'charge');
    const { id, amount } = charge.opening;
    if (charge.opening.paymentIntent !== null) return refused(ofIntent(id, charge.opening.paymentIntent, 'capture'));
    const refusal = reasonAgainst(charge, now);
    if (refusal) return refused(refusal);
    const wanted = money(request.amountMinor ?? amount.amountMinor, amount.currency);
    if (wanted.amountMinor > amount.amountMinor) return refused(captureTooLarge(amount));
    const tooSmall = amountTooSmall(wanted);
    if (tooSmall) return refused(tooSmall);
    // Not stored under the key: the same request may succeed in a moment.
    if (charge.state === 'requested') throw notCapturable(id, 'it has not been authorized yet. Try again in a moment.');
    if (pendingCapture(charge)) throw lockTimeout(id);
    const { statementDescriptor, statementDescriptorSuffix } = request;
    const changes = changesOf(request.details, charge.details);
    const { events, emit } = requestCapture(charge, {
      amount: wanted,
      key: claim.key,
      statementDescriptor,
      statementDescriptorSuffix,
    });
    return { events: Object.keys(changes).length > 0 ? [{ type: 'updated', changes }, ...events] : events, emit };
  };
}

/** Of an authorization that can be captured, and for an amount that it covers. */
export function requestCapture({ opening }: OpenedCharge, capture: RequestedCapture): RequestDecision {
  const { id: chargeId, account } = opening;
  return {
    events: [{ type: 'capture_requested', capture }],
    emit: [payments.captureRequested({ chargeId, account, amount: capture.amount })],
  };
}

/** The error for a capture that can no longer succeed. */
function reasonAgainst(charge: OpenedCharge, now: Instant): StripeError | undefined {
  const { opening, hold, ending, state } = charge;
  const { id } = opening;
  if (state === 'succeeded') return alreadyCaptured(id);
  if (state === 'failed') return notCapturable(id, 'it failed.');
  if (state === 'canceled') return ending.cause === 'expired' ? expiredForCapture(id) : alreadyRefunded(id);
  if (!hold) return notCapturable(id, 'it is captured by itself as soon as it is authorized.');
  const { cancellation } = hold;
  if (cancellation?.refused) return alreadyCaptured(id);
  if (cancellation && isReleaseCertain(charge))
    return cancellation.cause === 'expired' ? expiredForCapture(id) : alreadyRefunded(id);
  const lapses = lapsesAt(charge);
  return lapses !== null && now >= lapses ? expiredForCapture(id) : undefined;
}
