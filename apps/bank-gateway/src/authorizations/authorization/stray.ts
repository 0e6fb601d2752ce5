import type { bankProtocol } from '#contracts';
import { openReversal, type Operation, type StrayMovement } from './operation.js';
import { strayReference } from './reference.js';
import type { Authorization, KnownAuthorization } from './authorization-state.js';

/** Whether one of our operations, of any reference, recorded this performance as its own. */
export function isRecorded({ operations }: KnownAuthorization, bank: bankProtocol.BankName, bankId: string): boolean {
  return operations.some(
    (operation) => operation.bank === bank && operation.end?.kind === 'succeeded' && operation.end.bankId === bankId,
  );
}

/**
 * Rule 11: reverses a stray once, by its bank id. A recorded performance is no stray, so money is never both reversed
 * and refunded.
 */
export function undoStray<State extends KnownAuthorization>(
  authorization: State,
  bank: bankProtocol.BankName,
  stray: StrayMovement,
): State {
  const { terms, operations } = authorization;
  const isReversed = operations.some(({ reference }) => reference === strayReference(terms.chargeId, stray.bankId));
  if (isReversed || isRecorded(authorization, bank, stray.bankId)) return authorization;
  return { ...authorization, operations: [...operations, openReversal(terms.chargeId, bank, stray)] };
}

/** Remembers a performance under a live operation's reference: it may be its own, which is known when it ends. */
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

/** Reverses the suspects of an ended operation, except its own performance. */
export function undoSuspects(authorization: Authorization, ended: Operation): Authorization {
  if (authorization.state === 'none' || ended.suspects.length === 0) return authorization;
  const operations = authorization.operations.map((operation) =>
    operation.reference === ended.reference ? { ...operation, suspects: [] } : operation,
  );
  const cleared: KnownAuthorization = { ...authorization, operations };
  return ended.suspects.reduce<KnownAuthorization>((state, stray) => undoStray(state, ended.bank, stray), cleared);
}
