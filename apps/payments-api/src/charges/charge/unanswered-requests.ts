import { payments, type NewEvent } from '#contracts';
import type { Charge } from './charge.js';
import { pendingCancellation, pendingCapture, pendingRefunds } from './pending.js';

/** Request events that no service has answered yet, equal to those that were emitted first. The sweeper sends them again. */
export function unansweredRequests(charge: Charge): NewEvent[] {
  if (charge.state === 'none') return [];
  const { id: chargeId, account, amount, capture, instrument } = charge.opening;
  const requests: NewEvent[] = [];
  if (charge.state === 'requested') {
    const { card, fault } = instrument;
    requests.push(
      payments.chargeRequested({ chargeId, account, amount, capture: capture ?? 'automatic', card, fault }),
    );
  }
  const captured = pendingCapture(charge);
  if (captured) requests.push(payments.captureRequested({ chargeId, account, amount: captured.amount }));
  const canceled = pendingCancellation(charge);
  if (canceled) requests.push(payments.cancellationRequested({ chargeId, account, cause: canceled.cause }));
  for (const { opening } of pendingRefunds(charge)) {
    requests.push(payments.refundRequested({ refundId: opening.id, chargeId, account, amount: opening.amount }));
  }
  return requests;
}
