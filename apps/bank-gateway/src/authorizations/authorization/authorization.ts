import assert from 'node:assert/strict';
import type { CancellationCause, ReleaseCause } from '#contracts';
import type { Money } from '#money';
import { become, tooSoon, unchanged, type AggregateType, type ChargeKey, type Decision } from '#saga';
import {
  isLive,
  isUnperformed,
  openOperation,
  takesSlot,
  withdraw,
  type Operation,
  type SlotKind,
} from './operation.js';
import {
  operationOf,
  type OpenedAuthorization,
  type Authorization,
  type ApprovedAuthorization,
  type AuthorizationIn,
  type KnownAuthorization,
} from './authorization-state.js';
import { authorizationApproved, cancellationRefused, stateEvents, operationEvents, restate } from './outcome-events.js';
import { route, type BankView } from './routing.js';
import { undoSuspects } from './stray.js';

/** The decisions' context is the availability of the banks. */
export const authorizations: AggregateType<Authorization, ChargeKey, readonly BankView[]> = {
  kind: 'authorization',
  keyName: ({ chargeId }) => chargeId,
  restate,
};

/** Begins an authorization at the best available bank, or fails at once without one. */
export function authorize(
  { terms, operations }: OpenedAuthorization,
  banks: readonly BankView[],
): Decision<Authorization> {
  const bank = route(
    terms,
    terms.card.brand,
    banks,
    operations.map((operation) => operation.bank),
  );
  if (bank) {
    const opened = openOperation('authorize', bank.name, terms.chargeId, terms.amount.amountMinor);
    return become({ state: 'authorizing', terms, operations: [...operations, opened], cancellation: null });
  }
  const last = operations.at(-1);
  return finish({
    state: 'failed',
    terms,
    operations,
    bank: last?.bank ?? null,
    reason: last ? 'not_processed' : 'no_bank_available',
  });
}

/** Takes the closing slot for a full or partial capture. The rest of a partial capture is released. */
export function capture(authorization: AuthorizationIn<'authorized'>, amount: Money): Decision<Authorization> {
  const { terms } = authorization;
  assert.equal(amount.currency, terms.amount.currency, 'a capture in another currency than was authorized');
  assert(amount.amountMinor <= terms.amount.amountMinor, 'a capture of more than was authorized');
  const operations = withOperation(authorization, 'capture', amount.amountMinor);
  return become({ ...authorization, state: 'capturing', operations, cancellation: null });
}

/** Takes the closing slot for a void. */
export function release(
  granted: ApprovedAuthorization,
  cause: ReleaseCause,
  refusalCode: string | null,
): AuthorizationIn<'voiding'> {
  const { terms, bank, bankAuthorizationId } = granted;
  const operations = withOperation(granted, 'void', terms.amount.amountMinor);
  return { state: 'voiding', terms, bank, bankAuthorizationId, cause, refusalCode, operations };
}

function withOperation(granted: ApprovedAuthorization, kind: SlotKind, amountMinor: number): readonly Operation[] {
  assert(
    !granted.operations.some((operation) => takesSlot(operation) && isLive(operation)),
    'the closing slot is taken',
  );
  return [...granted.operations, openOperation(kind, granted.bank, granted.terms.chargeId, amountMinor)];
}

/** Requests a void. Arbitrates between a capture and a cancellation that race. */
export function cancel(authorization: Authorization, cause: CancellationCause): Decision<Authorization> {
  switch (authorization.state) {
    case 'authorizing':
      return authorization.cancellation ? unchanged(authorization) : become({ ...authorization, cancellation: cause });
    case 'authorized':
      return become(release(authorization, cause, null));
    case 'capturing':
      if (authorization.cancellation) return unchanged(authorization);
      return become(replaceCaptureByVoid({ ...authorization, cancellation: cause }));
    case 'captured': {
      if (authorization.cancellation) return unchanged(authorization);
      return become({ ...authorization, cancellation: cause }, cancellationRefused(authorization));
    }
    case 'none':
      return tooSoon(authorization);
    case 'voiding':
    case 'voided':
    case 'declined':
    case 'failed':
      // The event that ended it answers the cancellation.
      return unchanged(authorization);
  }
}

/**
 * Rule 10: a cancellation replaces a capture only if every attempt is known not to have been performed. A performance
 * that a statement shows anyway becomes a stray.
 */
function replaceCaptureByVoid(authorization: AuthorizationIn<'capturing'>): Authorization {
  const { cancellation, operations } = authorization;
  const captures = operations.find(({ kind }) => kind === 'capture')!;
  if (!cancellation || !isUnperformed(captures)) return authorization;
  const withdrawn = withdraw(captures);
  const released = release({ ...authorization, operations: replace(operations, withdrawn) }, cancellation, null);
  return undoSuspects(released, withdrawn);
}

const replace = (operations: readonly Operation[], next: Operation): readonly Operation[] =>
  operations.map((operation) => (operation.reference === next.reference ? next : operation));

/**
 * Saves the new state of a live operation. When it has ended, moves the authorization to its next state.
 *
 * @param next the operation; undefined or unchanged if there is nothing to record
 */
export function afterOperation(
  authorization: Authorization,
  next: Operation | undefined,
  banks: readonly BankView[],
): Decision<Authorization> {
  const current = next && operationOf(authorization, next.reference);
  if (authorization.state === 'none' || !current || next === current || !isLive(current))
    return unchanged(authorization);
  const updated = { ...authorization, operations: replace(authorization.operations, next) };
  if (isLive(next)) return become(updated.state === 'capturing' ? replaceCaptureByVoid(updated) : updated);
  const decision = takesSlot(next)
    ? afterSlot(updated, next, banks)
    : become(updated, ...operationEvents(updated, next));
  return { ...decision, state: undoSuspects(decision.state, next) };
}

function afterSlot(updated: KnownAuthorization, next: Operation, banks: readonly BankView[]): Decision<Authorization> {
  const end = next.end!;
  switch (updated.state) {
    case 'authorizing':
      return afterAuthorize(updated, next, end, banks);
    case 'capturing':
      return afterCapture(updated, end);
    case 'voiding':
      assert(end.kind === 'succeeded', 'a void ends only when the authorization is given back');
      return finish({ ...updated, state: 'voided' });
    case 'authorized':
    case 'captured':
    case 'voided':
    case 'declined':
    case 'failed':
      assert.fail(`nothing takes the closing slot of an authorization that is ${updated.state}`);
  }
}

function afterAuthorize(
  updated: AuthorizationIn<'authorizing'>,
  operation: Operation,
  end: NonNullable<Operation['end']>,
  banks: readonly BankView[],
): Decision<Authorization> {
  const { terms, operations, cancellation } = updated;
  const { bank } = operation;
  switch (end.kind) {
    case 'succeeded': {
      const granted = { terms, operations, bank, bankAuthorizationId: end.bankId };
      if (!cancellation) return finish({ state: 'authorized', ...granted });
      return become(release(granted, cancellation, null), authorizationApproved(granted));
    }
    case 'refused':
      return finish({ state: 'declined', terms, operations, bank, code: end.code });
    case 'not_performed':
      // Try no other bank after a cancellation, or once an attempt may have arrived, even if it did not: the customer has
      // waited long enough.
      if (!cancellation && operation.attempts.every(({ outcome }) => outcome === 'not_processed'))
        return authorize({ terms, operations }, banks);
      return finish({ state: 'failed', terms, operations, bank, reason: end.reason });
  }
}

function afterCapture(
  updated: AuthorizationIn<'capturing'>,
  end: NonNullable<Operation['end']>,
): Decision<Authorization> {
  switch (end.kind) {
    case 'succeeded':
      return finish({ ...updated, state: 'captured', bankCaptureId: end.bankId });
    case 'refused':
      return finish(release(updated, 'capture_failed', end.code));
    case 'not_performed':
      assert.fail('a capture ends only on a definite answer, or is replaced by a void');
  }
}

/** A state with events that the other services wait for. */
const finish = (state: KnownAuthorization): Decision<Authorization> => become(state, ...stateEvents(state));
