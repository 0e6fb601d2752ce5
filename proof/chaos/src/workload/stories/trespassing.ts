import { answerBody } from '#checker';
import { SeededChoices } from '../../seeded-choices.js';
import { hostileRequests } from '../hostile-requests.js';
import type { MerchantRequest } from '../merchant.js';
import { authorize, charge, refundOrder, tell, type ScriptClient, type ClientScript } from '../client-script.js';
import { malformedRequests, unreadableHttp } from '../unreadable-requests.js';

/** Forbidden requests: for objects of other accounts, and hostile ones. */
export const trespassing = {
  /** Tries to read, update, capture, refund and cancel a charge of another account. */
  'tries another’s charge': async (client) => {
    const story = 'tries another’s charge';
    const isHeld = client.dice.chance(0.5);
    const chargeId = await (isHeld ? authorize(client, story) : charge(client, story));
    if (!chargeId) return;
    const path = `/v1/charges/${chargeId}`;
    await trespass(client, story, [
      { method: 'GET', path, parameters: {} },
      { method: 'GET', path, parameters: { 'expand[0]': 'refunds', 'expand[1]': 'balance_transaction' } },
      { method: 'GET', path: `${path}/refunds`, parameters: {} },
      { method: 'GET', path: '/v1/charges', parameters: { starting_after: chargeId } },
      { method: 'GET', path: '/v1/refunds', parameters: { charge: chargeId } },
      { method: 'GET', path: '/v1/balance_transactions', parameters: { source: chargeId } },
      { method: 'GET', path: `/v1/balance_transactions/txn_${chargeId.slice('ch_'.length)}`, parameters: {} },
      { method: 'POST', path, parameters: { description: 'mine now', 'metadata[owner]': 'stranger' } },
      { method: 'POST', path: `${path}/capture`, parameters: { amount: '1' } },
      { method: 'POST', path: '/v1/refunds', parameters: { charge: chargeId } },
      { method: 'POST', path: '/v1/refunds', parameters: { charge: chargeId, amount: '1' } },
    ]);
  },

  'tries another’s refund': async (client) => {
    const story = 'tries another’s refund';
    const chargeId = await charge(client, story);
    if (!chargeId) return;
    const { id, object } = answerBody(await tell(client, refundOrder(client, story, chargeId)));
    if (object !== 'refund') return;
    const path = `/v1/refunds/${id}`;
    await trespass(client, story, [
      { method: 'GET', path, parameters: { 'expand[0]': 'charge' } },
      { method: 'GET', path: '/v1/refunds', parameters: { ending_before: id! } },
      { method: 'POST', path, parameters: { 'metadata[owner]': 'stranger' } },
      { method: 'POST', path: `${path}/cancel`, parameters: {} },
    ]);
  },

  'hostile input': async ({ merchant, dice, at }) => {
    const request = dice.pick(hostileRequests);
    const key = request.method === 'POST' ? { key: merchant.newKey() } : {};
    await merchant.ask({ story: 'hostile input', ...request, ...key, forbidden: 'hostile' }, { at });
  },

  'unreadable input': async ({ merchant, dice, at }) => {
    if (dice.chance(0.5)) await merchant.sendMalformed(dice.pick(malformedRequests), { at });
    else await merchant.sendUnreadable(dice.pick(unreadableHttp), { at });
  },
} as const satisfies Record<string, ClientScript>;

const ATTEMPTS = 3;

/** Sends some of the requests, since all of them would be most of the load. */
export async function trespass(
  { stranger, dice, at }: ScriptClient,
  story: string,
  attempts: readonly Pick<MerchantRequest, 'method' | 'path' | 'parameters'>[],
): Promise<void> {
  for (const attempt of dice.shuffled(attempts).slice(0, ATTEMPTS)) {
    const key = attempt.method === 'POST' ? { key: stranger.newKey() } : {};
    const order: MerchantRequest = { story, ...attempt, ...key, forbidden: 'foreign' };
    await stranger.askUntilAnswered(order, new SeededChoices(dice.seed()), { at });
  }
}
