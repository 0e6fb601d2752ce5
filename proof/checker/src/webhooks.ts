import type { ChargeEvidence, Evidence, RefundEvidence, WebhookEvidence } from './evidence.js';

/** A12. Judged where a run has receivers that come back. */
export function webhooksMissed({ charges, refunds, webhooks }: Evidence): string[] {
  if (!webhooks) return [];
  const { events, endpoints } = webhooks;
  const told = Map.groupBy(events, ({ objectId, type }) => `${objectId} ${type}`);
  const changes = [...charges.flatMap(eventsOfCharge), ...refunds.map(eventOfRefund)];
  return [
    ...changes
      .filter(([objectId, type]) => told.get(`${objectId} ${type}`)?.length !== 1)
      .map(([id, type]) => `${id}: has ${told.get(`${id} ${type}`)?.length ?? 0} events ${type}`),
    ...wrongReceipts(webhooks),
    ...(endpoints.length > 0 ? undelivered(webhooks) : []),
  ];
}

/** Events that a charge has exactly once, by the state that it came to. */
function eventsOfCharge({ id, state, capture, cause }: ChargeEvidence): [objectId: string, type: string][] {
  switch (state) {
    case 'requested':
      return [];
    case 'authorized':
      return [[id, 'charge.succeeded']];
    case 'succeeded':
      return [[id, 'charge.succeeded'], ...(capture === 'manual' ? [[id, 'charge.captured'] as [string, string]] : [])];
    case 'failed':
      return [[id, 'charge.failed']];
    case 'canceled':
      return [
        [id, 'charge.succeeded'],
        [id, cause === 'expired' ? 'charge.expired' : 'charge.refunded'],
      ];
  }
}

const eventOfRefund = ({ id }: RefundEvidence): [objectId: string, type: string] => [id, 'refund.created'];

function wrongReceipts({ events, endpoints, receipts }: WebhookEvidence): string[] {
  const accounts = new Map(events.map(({ id, account }) => [id, account]));
  const owners = new Map(endpoints.map(({ id, account }) => [id, account]));
  return receipts.flatMap(({ endpointId, eventId = 'nothing', isVerified }) => {
    if (!isVerified) return [`${endpointId}: got ${eventId} with a signature that is none`];
    const account = accounts.get(eventId);
    if (account === owners.get(endpointId)) return [];
    return [`${endpointId} of ${owners.get(endpointId)}: got ${eventId} of ${account ?? 'nobody'}`];
  });
}

function undelivered({ events, endpoints, receipts }: WebhookEvidence): string[] {
  const taken = new Set(
    receipts.filter(({ isTaken }) => isTaken).map(({ endpointId, eventId }) => `${endpointId} ${eventId}`),
  );
  return endpoints.flatMap(({ id: endpointId, account }) =>
    events
      .filter((event) => event.account === account && !taken.has(`${endpointId} ${event.id}`))
      .map(({ id, type }) => `${endpointId}: ${type} ${id} never reached it`),
  );
}
