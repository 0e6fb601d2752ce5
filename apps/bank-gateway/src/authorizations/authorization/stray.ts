import type { bankProtocol } from '#contracts';
import { openReversal, type Operation, type StrayMovement } from './operation.js';
import { strayReference } from './reference.js';
import type { Authorization, KnownAuthorization } from './authorization-state.js';

/** Whether this performance is what one of our operations recorded as its own, under whatever name. */
export function isRecorded({ operations }: KnownAuthorization, bank: bankProtocol.BankName, bankId: string): boolean {
  return operations.some(
    (operation) => operation.bank === bank && operation.end?.kind === 'succeeded' && operation.end.bankId === bankId,
  );
}

/**
 * Rule 11: undoes what the bank performed and nobody wanted, once, by a reversal of the bank's own id. What an
 * operation recorded is no stray: it is never reversed here, so never reversed and refunded.
 */
export function undoStray<State extends KnownAuthorization>(
  authorization: State,
  bank: bankProtocol.BankName,
  stray: StrayMovement,
): State {
  const { terms, operations } = authorization;
  const known = operations.some(({ reference }) => reference === strayReference(terms.chargeId, stray.bankId));
  if (known || isRecorded(authorization, bank, stray.bankId)) return authorization;
  return { ...authorization, operations: [...operations, openReversal(terms.chargeId, bank, stray)] };
}

/** While an operation is live, what the statement shows under its reference may be its own: it is looked at when it ends. */
export function suspect<State extends KnownAuthorization>(
  authorization: State,
  operation: Operation,
  stray: StrayMovement,
): State {
  const suspects = [...operation.suspects.filter(({ bankId }) => bankId !== stray.bankId), stray];
  const operations = authorization.operations.map((other) =>
    other === operation ? { ...operation, suspects } : other,
  );
  return { ...authorization, operations };
}

/** The operation has ended: what was suspected and is not its own is a stray. */
export function undoSuspects(authorization: Authorization, ended: Operation): Authorization {
  if (authorization.state === 'none' || ended.suspects.length === 0) return authorization;
  const operations = authorization.operations.map((operation) =>
    operation.reference === ended.reference ? { ...operation, suspects: [] } : operation,
  );
  const cleared: KnownAuthorization = { ...authorization, operations };
  return ended.suspects.reduce<KnownAuthorization>((state, stray) => undoStray(state, ended.bank, stray), cleared);
}
