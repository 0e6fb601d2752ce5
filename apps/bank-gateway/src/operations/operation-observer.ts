import type { Authorization } from '../authorizations/authorization/authorization-state.js';
import type { Operation } from '../authorizations/authorization/operation.js';
import type { ClaimedOperation } from '../authorizations/authorization/claimed-operation.js';

/** What logs and metrics want to know of operations, once it is committed. Must be quick and must not throw. */
export interface OperationObserver {
  /** @param state of the authorization after it */
  ended(task: ClaimedOperation, operation: Operation, state: Authorization['state']): void;
  /** An attempt of it may have arrived, and nobody knows. */
  inDoubt(task: ClaimedOperation, operation: Operation): void;
  /** It has been in trouble for minutes, and is still asked for. */
  needsAttention(task: ClaimedOperation, operation: Operation): void;
}
