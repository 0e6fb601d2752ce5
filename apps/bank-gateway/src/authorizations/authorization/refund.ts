import assert from 'node:assert/strict';
import type { Money } from '#money';
import { become, unchanged, type Decision } from '#saga';
import { isLive, openRefund, type Operation } from './operation.js';
import { compensationReference, refundReference } from './reference.js';
import { operationOf, type Authorization, type AuthorizationIn } from './authorization-state.js';
import { capturedAmount } from './outcome-events.js';

/** Opens a full or partial refund of a capture. Other refunds may be live. */
export function refund(
  authorization: AuthorizationIn<'captured'>,
  refundId: string,
  amount: Money,
): Decision<Authorization> {
  const reference = refundReference(authorization.terms.chargeId, refundId);
  return openRefundOnce(authorization, reference, amount);
}

/** Compensation: refunds a whole capture that the ledger has no hold for. */
export function compensate(authorization: AuthorizationIn<'captured'>): Decision<Authorization> {
  const reference = compensationReference(authorization.terms.chargeId);
  return openRefundOnce(authorization, reference, capturedAmount(authorization));
}

function openRefundOnce(
  authorization: AuthorizationIn<'captured'>,
  reference: string,
  amount: Money,
): Decision<Authorization> {
  if (operationOf(authorization, reference)) return unchanged(authorization);
  const { operations, bank } = authorization;
  const captured = capturedAmount(authorization);
  assert.equal(amount.currency, captured.currency, 'a refund in another currency than was captured');
  // The API and the ledger check this too; this is the last check before the bank.
  const refundedMinor = operations.filter(isRefundNotFailed).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  assert(refundedMinor + amount.amountMinor <= captured.amountMinor, 'refunds of more than was captured');
  return become({ ...authorization, operations: [...operations, openRefund(reference, bank, amount.amountMinor)] });
}

const isRefundNotFailed = (operation: Operation): boolean =>
  operation.kind === 'refund' && (isLive(operation) || operation.end?.kind === 'succeeded');
