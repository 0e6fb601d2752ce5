import { answerBody } from '#checker';
import { SeededChoices } from '../../seeded-choices.js';
import { brandsWithFaults, faultTokens } from '../fault-tokens.js';
import { charge, chargeOrder, elsewhere, refundOrder, succeeded, tell, type ClientScript } from '../client-script.js';

/** Lost answers, reused idempotency keys, fault tokens. */
export const askingAgain = {
  /** Disconnects after sending, and retries at once under the same key at the other instance. */
  'answer lost': async (client) => {
    const order = chargeOrder(client, 'answer lost');
    await client.merchant.ask(order, { at: client.at, hangUpAfterMs: client.dice.between(5, 400) });
    await tell(elsewhere(client, 1), order);
  },

  'refund answer lost': async (client) => {
    const chargeId = await charge(client, 'refund answer lost');
    if (!chargeId) return;
    const order = refundOrder(client, 'refund answer lost', chargeId);
    await client.merchant.ask(order, { at: client.at, hangUpAfterMs: client.dice.between(5, 400) });
    await tell(elsewhere(client, 1), order);
  },

  /** Sends the same request to both instances without waiting for the first answer. */
  'asked twice at once': async (client) => {
    const order = chargeOrder(client, 'asked twice at once');
    const first = client.merchant.ask(order, { at: client.at });
    await Promise.all([first, tell(elsewhere(client, 1), order)]);
  },

  /** Sends one key from fifty connections to both instances. */
  'same key at once': async (client) => {
    const order = chargeOrder(client, 'same key at once');
    await Promise.all(Array.from({ length: 50 }, (_, place) => client.merchant.ask(order, { at: place })));
    await tell(client, order);
  },

  /** Repeats a request that has a final answer: the replay must be equal to the byte. */
  'asked again later': async ({ remembered, merchant, dice, at }) => {
    if (remembered.length === 0) return;
    const { order } = dice.pick(remembered);
    await merchant.askUntilAnswered({ ...order, story: 'asked again later' }, new SeededChoices(dice.seed()), { at });
  },

  /** Reuses a key with other parameters, which must be rejected. */
  'key used for something else': async (client) => {
    const story = 'key used for something else';
    const order = chargeOrder(client, story);
    const exchange = await tell(client, order);
    if (exchange.answer?.status !== 200) return;
    const { id } = answerBody(exchange);
    const amount = String(Number(order.parameters.amount) + 1);
    const misuse = client.dice.pick([
      { ...order, parameters: { ...order.parameters, amount } },
      { ...order, parameters: { ...order.parameters, description: 'another one' } },
      { ...order, path: '/v1/refunds', parameters: { charge: id! } },
      { ...order, path: `/v1/charges/${id}`, parameters: { description: 'changed' } },
    ]);
    await client.merchant.ask({ ...misuse, forbidden: 'hostile' }, { at: client.at });
  },

  'aimed fault': async (client) => {
    const source = `${client.dice.pick(faultTokens)}_on_${client.dice.pick(brandsWithFaults)}`;
    await tell(client, chargeOrder(client, 'aimed fault', { source }));
  },

  'aimed fault of a refund': async (client) => {
    const story = 'aimed fault of a refund';
    const fault = client.dice.pick(['drop_after', 'late', 'refuse', 'duplicate', 'not_processed']);
    const source = `tok_fault_refund_${fault}_on_${client.dice.pick(brandsWithFaults)}`;
    const chargeId = succeeded(await tell(client, chargeOrder(client, story, { source })));
    if (chargeId) await tell(client, refundOrder(client, story, chargeId));
  },
} as const satisfies Record<string, ClientScript>;
