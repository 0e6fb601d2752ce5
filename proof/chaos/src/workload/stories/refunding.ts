import { answerBody } from '#checker';
import {
  charge,
  drawAmount,
  drawDetails,
  elsewhere,
  order,
  refundOrder,
  tell,
  type ClientScript,
} from '../client-script.js';

/** Refunds. */
export const refunding = {
  refund: async (client) => {
    const chargeId = await charge(client, 'refund');
    if (chargeId) await tell(client, refundOrder(client, 'refund', chargeId));
  },

  /** Three concurrent partial refunds whose sum exceeds the charge: one must be refused. */
  'refund in parts': async (client) => {
    const whole = drawAmount(client.dice);
    const chargeId = await charge(client, 'refund in parts', whole);
    if (!chargeId) return;
    const parts = [0.37, 0.51, 0.42].map((share) =>
      refundOrder(client, 'refund in parts', chargeId, Math.ceil(share * whole.amount)),
    );
    await Promise.all(parts.map((part, place) => tell(elsewhere(client, place), part)));
  },

  /** Partial refunds until the whole charge is refunded. One more must be refused. */
  'refund to the last': async (client) => {
    const story = 'refund to the last';
    const whole = drawAmount(client.dice);
    const chargeId = await charge(client, story, whole);
    if (!chargeId) return;
    const first = client.dice.between(1, whole.amount - 1);
    await tell(client, refundOrder(client, story, chargeId, first));
    await tell(client, refundOrder(client, story, chargeId, whole.amount - first + 1));
    await tell(client, refundOrder(client, story, chargeId));
    await tell(client, refundOrder(client, story, chargeId, 1));
  },

  /** A card refund cannot be canceled, but its metadata can be updated. */
  'refund changed': async (client) => {
    const story = 'refund changed';
    const chargeId = await charge(client, story);
    if (!chargeId) return;
    const { id, object } = answerBody(await tell(client, refundOrder(client, story, chargeId)));
    if (object !== 'refund') return;
    await tell(client, order(client, story, `/v1/refunds/${id}`, drawDetails(client.dice)));
    await tell(client, order(client, story, `/v1/refunds/${id}/cancel`));
  },
} as const satisfies Record<string, ClientScript>;
