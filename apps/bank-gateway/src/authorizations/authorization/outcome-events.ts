import { bank as events, type NewEvent } from '#contracts';
import type { Money } from '#money';
import type { Operation } from './operation.js';
import { refundIdOf } from './reference.js';
import type {
  Authorization,
  ApprovedAuthorization,
  AuthorizationIn,
  KnownAuthorization,
} from './authorization-state.js';

/** All events that an authorization has emitted and that are still true, from its state and its operations. */
export function restate(authorization: Authorization): readonly NewEvent[] {
  if (authorization.state === 'none') return [];
  const outcomes = authorization.operations.flatMap((operation) => operationEvents(authorization, operation));
  return [...stateEvents(authorization), ...outcomes];
}

/** The events of the state. */
export function stateEvents(authorization: KnownAuthorization): readonly NewEvent[] {
  const { chargeId, account } = authorization.terms;
  switch (authorization.state) {
    case 'authorizing':
    case 'capturing':
    case 'voiding':
      return [];
    case 'authorized':
      return [authorizationApproved(authorization)];
    case 'captured': {
      const captured = captureSucceeded(authorization);
      return authorization.cancellation ? [captured, cancellationRefused(authorization)] : [captured];
    }
    case 'voided': {
      const { bank, cause, refusalCode } = authorization;
      return [events.authorizationVoided({ chargeId, account, bank, cause, refusalCode })];
    }
    case 'declined':
      return [events.authorizationDeclined({ chargeId, account, bank: authorization.bank, code: authorization.code })];
    case 'failed':
      return [
        events.authorizationFailed({ chargeId, account, bank: authorization.bank, reason: authorization.reason }),
      ];
  }
}

/** The events of an operation that may run concurrently with others. Its event id includes its own subject. */
export function operationEvents({ terms }: KnownAuthorization, operation: Operation): readonly NewEvent[] {
  const { chargeId, account } = terms;
  const { kind, bank, end, stray } = operation;
  if (!end || end.kind === 'not_performed') return [];
  if (kind === 'reversal' && end.kind === 'succeeded')
    return [events.strayReversed({ chargeId, account, bank, ...stray!, reversalBankId: end.bankId })];
  if (kind !== 'refund') return [];
  const amount: Money = { ...terms.amount, amountMinor: operation.amountMinor };
  const refundId = refundIdOf(operation.reference, chargeId);
  if (refundId === undefined) {
    // If the bank refuses it, the money stays in suspense, for an operator.
    if (end.kind === 'refused') return [];
    return [events.captureCompensated({ chargeId, account, amount, bank, bankRefundId: end.bankId })];
  }
  if (end.kind === 'refused')
    return [events.refundFailed({ refundId, chargeId, account, amount, bank, code: end.code })];
  return [events.refundSucceeded({ refundId, chargeId, account, amount, bank, bankRefundId: end.bankId })];
}

export function authorizationApproved({ terms, bank, bankAuthorizationId }: ApprovedAuthorization): NewEvent {
  const { chargeId, account, amount, capture, fault } = terms;
  return events.authorizationApproved({ chargeId, account, amount, capture, bank, bankAuthorizationId, fault });
}

export function cancellationRefused({ terms: { chargeId, account }, bank }: AuthorizationIn<'captured'>): NewEvent {
  return events.cancellationRefused({ chargeId, account, bank });
}

function captureSucceeded(authorization: AuthorizationIn<'captured'>): NewEvent {
  const { terms, bank, bankCaptureId } = authorization;
  const { chargeId, account } = terms;
  return events.captureSucceeded({ chargeId, account, amount: capturedAmount(authorization), bank, bankCaptureId });
}

/** The captured amount, which may be less than the authorized one. */
export function capturedAmount({ terms, operations }: AuthorizationIn<'captured'>): Money {
  const { amountMinor } = operations.find(({ kind }) => kind === 'capture')!;
  return { ...terms.amount, amountMinor };
}
