import { answerBody } from '#checker';
import type { MerchantRequest } from '../merchant.js';
import {
  charge,
  drawDetails,
  look,
  order,
  tell,
  transferGroupOf,
  type ScriptClient,
  type ClientScript,
} from '../client-script.js';

/** Pages read in each direction. By the end an account has hundreds of objects. */
const PAGES_MAX = 3;

/** Reads, and updates of descriptions and metadata. */
export const reading = {
  /** Updates an object and reads it at once: both instances must show the acknowledged update. */
  details: async (client) => {
    const story = 'details';
    const chargeId = await charge(client, story);
    if (!chargeId) return;
    const path = `/v1/charges/${chargeId}`;
    const changes: readonly MerchantRequest['parameters'][] = [
      { ...drawDetails(client.dice), description: `changed to ${client.dice.between(1, 1_000)}` },
      { 'metadata[order]': '', 'metadata[second]': 'thoughts' },
      { metadata: '', description: '', receipt_email: 'somebody@example.com' },
    ];
    for (const parameters of changes.slice(0, client.dice.between(1, 3))) {
      await tell(client, order(client, story, path, parameters));
      await look({ ...client, at: client.at + 1 }, story, path);
    }
  },

  'look closely': async (client) => {
    const known = client.remembered.filter(({ exchange }) => exchange.answer?.status === 200);
    if (known.length === 0) return;
    const { id, object, charge } = answerBody(client.dice.pick(known).exchange);
    const chargeId = object === 'charge' ? id : charge;
    const story = 'look closely';
    if (object === 'refund') {
      const parameters = { 'expand[0]': 'charge', 'expand[1]': 'balance_transaction' };
      await look(client, story, `/v1/refunds/${id}`, parameters);
    }
    if (chargeId === undefined) return;
    const parameters = { 'expand[0]': 'balance_transaction', 'expand[1]': 'refunds' };
    const seen = await look(client, story, `/v1/charges/${chargeId}`, parameters);
    await look(client, story, `/v1/charges/${chargeId}/refunds`, { limit: '3' });
    const { balance_transaction: transaction } = answerBody(seen) as { balance_transaction?: { id: string } | null };
    if (transaction) await look(client, story, `/v1/balance_transactions/${transaction.id}`, { 'expand[0]': 'source' });
  },

  'walk charges': async (client) => {
    const filters = client.dice.pick([{}, {}, lately(client), { transfer_group: transferGroupOf(client.dice) }]);
    await walk(client, 'walk charges', '/v1/charges', filters);
  },

  'walk refunds': async (client) => {
    const filters = client.dice.pick([{}, lately(client), { 'expand[0]': 'data.charge' }]);
    await walk(client, 'walk refunds', '/v1/refunds', filters);
  },

  'walk balance transactions': async (client) => {
    const filters = client.dice.pick([
      {},
      lately(client),
      { currency: client.dice.pick(['usd', 'jpy', 'eur']) },
      { type: client.dice.pick(['charge', 'refund']) },
    ]);
    await walk(client, 'walk balance transactions', '/v1/balance_transactions', filters);
  },

  balance: async (client) => {
    await look(client, 'balance', '/v1/balance');
    await charge(client, 'balance');
    await look({ ...client, at: client.at + 1 }, 'balance', '/v1/balance');
  },
} as const satisfies Record<string, ClientScript>;

/** A filter for the last half minute, with or without its last two seconds. */
function lately({ merchant, dice }: ScriptClient): MerchantRequest['parameters'] {
  const now = Math.floor(merchant.nowMs / 1_000);
  const until = dice.chance(0.5) ? { 'created[lt]': String(now - 2) } : {};
  return { 'created[gte]': String(now - 30), ...until };
}

/** Pages from the newest object down and up again, each page from the next instance. */
async function walk(
  client: ScriptClient,
  story: string,
  path: string,
  filters: MerchantRequest['parameters'],
): Promise<void> {
  const limit = String(client.dice.between(1, 12));
  let cursor: MerchantRequest['parameters'] = {};
  let lowest: string | undefined;
  for (const way of ['down', 'up'] as const) {
    for (let page = 0; page < PAGES_MAX; page++) {
      const place = { ...client, at: client.at + page };
      const { data = [], has_more: hasMore = false } = answerBody(
        await look(place, story, path, { ...filters, limit, ...cursor }),
      );
      const [first, last] = [data[0]?.id, data.at(-1)?.id];
      if (first === undefined || last === undefined) break;
      if (way === 'down') lowest = last;
      cursor = way === 'down' ? { starting_after: last } : { ending_before: first };
      if (!hasMore) break;
    }
    if (lowest === undefined) return;
    cursor = { ending_before: lowest };
  }
}
