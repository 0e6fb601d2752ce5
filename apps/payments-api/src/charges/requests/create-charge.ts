import assert from 'node:assert/strict';
import { payments } from '#contracts';
import type { ApiResponse } from '../../protocol/stripe-error.js';
import type { Claim } from '../../idempotency/key.js';
import type { Decide, RequestDecision } from './charge-request.js';
import type { ChargeDetails, Opening } from '../charge/charge.js';
import type { CreateParameters } from '../parameters/create-parameters.js';

/** Opens the charge and requests its authorization. */
export function createCharge(
  { account, chargeId }: Pick<Claim, 'account' | 'chargeId'>,
  request: CreateParameters,
  instrument: Opening['instrument'],
): Decide {
  return (charge, now) => {
    assert(charge.state === 'none' && chargeId, 'a key opens one charge');
    const { amount, capture, details, statementDescriptor, statementDescriptorSuffix } = request;
    const opening: Opening = {
      id: chargeId,
      account,
      amount,
      ...(capture === 'manual' && { capture }),
      instrument,
      openedAt: now,
      statementDescriptor,
      statementDescriptorSuffix,
      customer: null,
      paymentIntent: null,
    };
    return openCharge(opening, details);
  };
}

export function openCharge(opening: Opening, details: ChargeDetails): RequestDecision {
  const { id: chargeId, account, amount, capture = 'automatic', instrument } = opening;
  const { card, fault } = instrument;
  return {
    events: [{ type: 'opened', opening, details }],
    emit: [payments.chargeRequested({ chargeId, account, amount, capture, card, fault })],
  };
}

/** A test card that is declined without a bank: stored like a bank's decline, so that it replays. */
export function refuseCharge(refusal: ApiResponse): Decide {
  return () => ({ events: [], emit: [], answer: refusal });
}
