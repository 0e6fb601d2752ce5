import { about, type Log, type Metrics } from '#telemetry';
import type { Authorization } from '../authorizations/authorization/authorization-state.js';
import type { Operation } from '../authorizations/authorization/operation.js';
import type { OperationObserver } from './operation-observer.js';
import { refundIdOf } from '../authorizations/authorization/reference.js';
import type { ClaimedOperation } from '../authorizations/authorization/claimed-operation.js';

/** Logs each end of a charge and each doubt at info, other steps at debug. */
export function observeOperations(log: Log, metrics: Metrics): OperationObserver {
  const endings = metrics.counter({
    name: 'bank_operations_ended_total',
    help: 'Operations that ended, by end.',
    labels: ['bank', 'kind', 'end'],
  });
  const doubts = metrics.counter({
    name: 'bank_operations_doubted_total',
    help: 'Operations that came to be in doubt.',
    labels: ['bank', 'kind'],
  });
  return {
    ended(task, operation, state) {
      const { bank, kind, end, attempts, inquiries, reversals } = operation;
      const how = end?.kind === 'not_performed' ? end.reason : end?.kind;
      endings.inc({ bank, kind, end: how ?? '' });
      const fields = { ...subject(task), bank, kind, end: how, state, attempts: attempts.length, inquiries, reversals };
      log[levelOf(task, operation, state)](fields, `${kind} at ${bank} ended: the authorization is ${state}`);
    },
    inDoubt(task, { bank, kind, attempts }) {
      doubts.inc({ bank, kind });
      const reason = attempts.findLast(({ outcome }) => outcome === 'doubt')?.detail;
      log.info({ ...subject(task), bank, kind, reason }, `${kind} at ${bank} is in doubt`);
    },
    needsAttention(task, operation) {
      const { bank, kind, phase } = operation;
      log.warn({ ...subject(task), bank, kind, phase }, `${kind} at ${bank} needs attention; it is still asked for`);
    },
  };
}

const subject = ({ terms, traceparent, operation }: ClaimedOperation): object => ({
  ...about({ charge: terms.chargeId, traceparent }),
  operation: operation.reference,
});

function levelOf({ terms }: ClaimedOperation, { kind, reference, end }: Operation, state: Authorization['state']) {
  const isCompensation = kind === 'refund' && refundIdOf(reference, terms.chargeId) === undefined;
  // No event reports it, and the money stays in suspense until an operator acts.
  if (isCompensation && end?.kind === 'refused') return 'warn';
  return isEnding(state) ? 'info' : 'debug';
}

/** The charge has ended at its bank, apart from refunds. */
function isEnding(state: Authorization['state']): boolean {
  return state === 'captured' || state === 'voided' || state === 'declined' || state === 'failed';
}
