import type { Authorization } from '../authorizations/authorization/authorization-state.js';
import type { Operation } from '../authorizations/authorization/operation.js';
import type { ClaimedOperation } from '../authorizations/authorization/claimed-operation.js';

/** Hooks for logs and metrics, called after the commit. They must be quick and must not throw. */
export interface OperationObserver {
  /** @param state the authorization's state afterwards */
  ended(task: ClaimedOperation, operation: Operation, state: Authorization['state']): void;
  /** An attempt is in doubt. */
  inDoubt(task: ClaimedOperation, operation: Operation): void;
  /** The operation is in trouble for minutes, and is still retried. */
  needsAttention(task: ClaimedOperation, operation: Operation): void;
}
