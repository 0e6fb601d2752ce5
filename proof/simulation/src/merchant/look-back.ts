import type { Random } from '#virtual-time';
import { bodyOf, type ClientResponseBody, type SimulatedClient } from './client.js';
import { list, retrieve, type PlannedRequest } from '../operations/requests.js';

const TRANSACTIONS = '/v1/balance_transactions';

/** Final reads at quiescence, where every answer is determined: each filter, bound and expansion, and by another account. */
export async function lookBack(
  client: SimulatedClient,
  account: string,
  stranger: string,
  random: Random,
): Promise<void> {
  const read = async (call: PlannedRequest, by = account): Promise<ClientResponseBody> => {
    const what = `${by} looks back at ${call.path} ${Object.values(call.parameters).join(' ')}`;
    return bodyOf((await client.ask({ account: by, call, what })).answer);
  };
  const all = async (path: string): Promise<NonNullable<ClientResponseBody['data']>> =>
    (await read(list(path, { limit: '100' }))).data ?? [];
  const charges = await all('/v1/charges');
  const refunds = await all('/v1/refunds');
  const transactions = await all(TRANSACTIONS);
  if (charges.length > 0) {
    const { created } = random.pick(charges);
    const bound = random.pick(['gt', 'gte', 'lt', 'lte']);
    await read(list('/v1/charges', { [`created[${bound}]`]: String(created) }));
  }
  if (refunds.length > 0) {
    const { charge } = random.pick(refunds);
    await read(retrieve(charge!, ['refunds']));
    await read(list(`/v1/charges/${charge}/refunds`, { limit: '1' }));
  }
  if (transactions.length > 0) {
    const { id, currency, type, source } = random.pick(transactions);
    await read(list(TRANSACTIONS, { currency: currency! }));
    await read(list(TRANSACTIONS, { type: type! }));
    await read(retrieve(id, ['source']));
    await read(retrieve(id), stranger);
    await read(list(TRANSACTIONS, random.pick([{ starting_after: id }, { source: source! }])), stranger);
  }
}
