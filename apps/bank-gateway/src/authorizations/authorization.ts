import assert from 'node:assert/strict';
import { bank as events, type Card, type NewEvent, type ReleaseCause, type bankProtocol } from '#contracts';
import type { Money } from '#money';
import { become, unchanged, type AggregateType, type Decision } from '#saga';
import { isLive, openOperation, type Operation, type OperationKind } from '../operations/operation.js';
import { route, type BankView } from './routing.js';

/** What the merchant asked for; it never changes. */
export interface Terms {
  readonly chargeId: string;
  readonly account: string;
  readonly amount: Money;
  readonly capture: 'automatic' | 'manual';
  readonly card: Card;
  readonly fault: string | null;
}

interface Asked {
  readonly terms: Terms;
  /** All that was asked of banks for this charge, in order; at most the last one is live. */
  readonly operations: readonly Operation[];
}

interface Granted extends Asked {
  readonly bank: bankProtocol.BankName;
  /** The bank's own id: captures and voids name it, never our reference (rule 8). */
  readonly bankAuthorizationId: string;
}

interface Releasing extends Granted {
  readonly cause: ReleaseCause;
  readonly refusalCode: string | null;
}

/**
 * The gateway's half of a charge. `capturing` and `voiding` are its single closing slot: an authorization is
 * in one of them or in neither, so capture and void can never both be under way.
 *
 *     none → authorizing → authorized → capturing → captured
 *                 │             │           │ refused
 *                 │             └───────────┴→ voiding → voided
 *                 └→ declined, failed
 */
export type Authorization =
  | { readonly state: 'none'; readonly banks: readonly BankView[] }
  | (Asked & { readonly state: 'authorizing' })
  | (Granted & { readonly state: 'authorized' })
  | (Granted & { readonly state: 'capturing' })
  | (Granted & { readonly state: 'captured'; readonly bankCaptureId: string })
  | (Releasing & { readonly state: 'voiding' })
  | (Releasing & { readonly state: 'voided' })
  | (Asked & { readonly state: 'declined'; readonly bank: bankProtocol.BankName; readonly code: string })
  | (Asked & {
      readonly state: 'failed';
      readonly bank: bankProtocol.BankName | null;
      readonly reason: 'no_bank_available' | 'not_processed' | 'reversed_out_of_doubt';
    });

export const authorizations: AggregateType<Authorization> = { kind: 'authorization', restate };

/** The operation that a worker may be busy with. */
export function liveOperation(authorization: Authorization): Operation | undefined {
  const last = authorization.state === 'none' ? undefined : authorization.operations.at(-1);
  return last && isLive(last) ? last : undefined;
}

/** Asks the best bank, or fails at once when none can be asked. */
export function authorize(asked: Asked, banks: readonly BankView[]): Decision<Authorization> {
  const { terms, operations } = asked;
  const bank = route(
    terms.card.brand,
    banks,
    operations.map((operation) => operation.bank),
  );
  if (bank)
    return become({
      state: 'authorizing',
      terms,
      operations: [...operations, openOperation('authorize', bank.name, terms.chargeId)],
    });
  const last = operations.at(-1);
  return finish({
    state: 'failed',
    terms,
    operations,
    bank: last?.bank ?? null,
    reason: last ? 'not_processed' : 'no_bank_available',
  });
}

/** Takes the closing slot for a capture. */
export function capture(authorization: Extract<Authorization, { state: 'authorized' }>): Decision<Authorization> {
  return become({ ...authorization, state: 'capturing', operations: withOperation(authorization, 'capture') });
}

/** Takes the closing slot for a void. */
export function release(granted: Granted, cause: ReleaseCause, refusalCode: string | null): Authorization {
  const { terms, bank, bankAuthorizationId } = granted;
  return {
    state: 'voiding',
    terms,
    bank,
    bankAuthorizationId,
    cause,
    refusalCode,
    operations: withOperation(granted, 'void'),
  };
}

function withOperation(granted: Granted, kind: OperationKind): readonly Operation[] {
  assert(
    granted.operations.every((operation) => !isLive(operation)),
    'the closing slot is taken',
  );
  return [...granted.operations, openOperation(kind, granted.bank, granted.terms.chargeId)];
}

/**
 * Puts the new state of the live operation in its place, and when it has ended turns the page.
 *
 * @param next undefined, or the operation as it was, when there is nothing to record
 */
export function afterOperation(
  authorization: Authorization,
  next: Operation | undefined,
  banks: readonly BankView[],
): Decision<Authorization> {
  const current = liveOperation(authorization);
  if (authorization.state === 'none' || !current || !next || next === current) return unchanged(authorization);
  assert.equal(next.reference, current.reference);
  const asked = { ...authorization, operations: [...authorization.operations.slice(0, -1), next] };
  const { end } = next;
  if (!end) return become(asked);
  switch (asked.state) {
    case 'authorizing':
      return afterAuthorize(asked, next, end, banks);
    case 'capturing':
      return afterCapture(asked, end);
    case 'voiding':
      assert(end.kind === 'succeeded', 'a void ends only when the authorization is given back');
      return finish({ ...asked, state: 'voided' });
    case 'authorized':
    case 'captured':
    case 'voided':
    case 'declined':
    case 'failed':
      assert.fail(`an authorization that is ${asked.state} has no live operation`);
  }
}

function afterAuthorize(
  asked: Asked & { state: 'authorizing' },
  operation: Operation,
  end: NonNullable<Operation['end']>,
  banks: readonly BankView[],
): Decision<Authorization> {
  const { terms, operations } = asked;
  switch (end.kind) {
    case 'succeeded':
      return finish({ state: 'authorized', terms, operations, bank: operation.bank, bankAuthorizationId: end.bankId });
    case 'refused':
      return finish({ state: 'declined', terms, operations, bank: operation.bank, code: end.code });
    case 'not_performed':
      // No other bank is asked once an attempt may have arrived, even when it is known by now that it did not:
      // the customer has waited long enough, and should be told.
      if (operation.attempts.every(({ outcome }) => outcome === 'not_processed'))
        return authorize({ terms, operations }, banks);
      return finish({ state: 'failed', terms, operations, bank: operation.bank, reason: end.reason });
  }
}

function afterCapture(
  asked: Granted & { state: 'capturing' },
  end: NonNullable<Operation['end']>,
): Decision<Authorization> {
  switch (end.kind) {
    case 'succeeded':
      return finish({ ...asked, state: 'captured', bankCaptureId: end.bankId });
    case 'refused':
      return finish(release(asked, 'capture_failed', end.code));
    case 'not_performed':
      assert.fail('a capture ends only on a definite answer');
  }
}

/** A state whose news the rest of the system waits for. */
function finish(state: Authorization): Decision<Authorization> {
  return become(state, ...restate(state));
}

function restate(authorization: Authorization): readonly NewEvent[] {
  if (authorization.state === 'none') return [];
  const { chargeId, account, amount, capture: method, fault } = authorization.terms;
  switch (authorization.state) {
    case 'authorizing':
    case 'capturing':
      return [];
    case 'voiding': {
      // Whoever refused the hold knows it. A capture's refusal is our own news.
      const { bank, cause, refusalCode } = authorization;
      return cause === 'capture_failed' ? [events.captureFailed({ chargeId, account, bank, code: refusalCode! })] : [];
    }
    case 'authorized': {
      const { bank, bankAuthorizationId } = authorization;
      return [
        events.authorizationApproved({ chargeId, account, amount, capture: method, bank, bankAuthorizationId, fault }),
      ];
    }
    case 'captured': {
      const { bank, bankCaptureId } = authorization;
      return [events.captureSucceeded({ chargeId, account, amount, bank, bankCaptureId })];
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
