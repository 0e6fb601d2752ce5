import assert from 'node:assert/strict';
import type { Money } from '#money';
import { become, unchanged, type Decision } from '#saga';
import { isLive, openRefund, type Operation } from './operation.js';
import { compensationReference, refundReference } from './reference.js';
import { operationOf, type Authorization, type AuthorizationIn } from './authorization-state.js';
import { capturedAmount } from './outcome-events.js';

/** Gives back a part of what was captured, or all of it, beside other refunds that may be under way. */
export function refund(
  authorization: AuthorizationIn<'captured'>,
  refundId: string,
  amount: Money,
): Decision<Authorization> {
  const reference = refundReference(authorization.terms.chargeId, refundId);
  return giveBack(authorization, reference, amount);
}

/** Gives back all of a capture that the books have no place for. */
export function compensate(authorization: AuthorizationIn<'captured'>): Decision<Authorization> {
  const reference = compensationReference(authorization.terms.chargeId);
  return giveBack(authorization, reference, capturedAmount(authorization));
}

function giveBack(
  authorization: AuthorizationIn<'captured'>,
  reference: string,
  amount: Money,
): Decision<Authorization> {
  if (operationOf(authorization, reference)) return unchanged(authorization);
  const { operations, bank } = authorization;
  const captured = capturedAmount(authorization);
  assert.equal(amount.currency, captured.currency, 'a refund in another currency than was captured');
  // The API and the ledger see to it each for itself; here it is the last moment to notice.
  const given = operations.filter(mayBeGivenBack).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  assert(given + amount.amountMinor <= captured.amountMinor, 'refunds of more than was captured');
  return become({ ...authorization, operations: [...operations, openRefund(reference, bank, amount.amountMinor)] });
}

const mayBeGivenBack = (operation: Operation): boolean =>
  operation.kind === 'refund' && (isLive(operation) || operation.end?.kind === 'succeeded');
