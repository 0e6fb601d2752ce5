import type { Merchant } from '../workload/merchant.js';
import type { Exchange } from '../workload/history.js';
import { saidIn } from '../workload/merchant.js';
import type { ReadBack } from './chaos-invariants.js';

const AT_ONCE = 16;
const CHARGES_MAX = 3_000;

/** Asks the API for every charge that it told of, and for every account's balance. */
export async function readBack(exchanges: readonly Exchange[], merchants: readonly Merchant[]): Promise<ReadBack> {
  const byKey = new Map(merchants.map((merchant) => [merchant.apiKey, merchant]));
  const told = new Map(
    exchanges.flatMap(({ asked, chargeId, account }) =>
      asked === 'charge' && chargeId !== undefined ? [[chargeId, account] as const] : [],
    ),
  );
  const charges = new Map<string, { status: string; captured: boolean }>();
  const left = [...told].slice(-CHARGES_MAX);
  const reader = async (at: number): Promise<void> => {
    for (let next = left.pop(); next; next = left.pop()) {
      const [id, account] = next;
      const answer = await byKey.get(account)!.read(`/v1/charges/${id}`, { at });
      const { status = `nothing, but ${answer.status}`, captured = false } = saidIn(answer);
      charges.set(id, { status, captured });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => reader(at)));
  const balances = new Map(
    await Promise.all(
      merchants.map(async (merchant) => [merchant.apiKey, balanceIn(await merchant.read('/v1/balance'))] as const),
    ),
  );
  return { charges, balances };
}

function balanceIn({ body }: Exchange): Map<string, number> {
  type Part = { readonly amount: number; readonly currency: string };
  const { available = [], pending = [] } = JSON.parse(body ?? '{}') as { available?: Part[]; pending?: Part[] };
  const sums = new Map<string, number>();
  for (const { amount, currency } of [...available, ...pending]) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  return sums;
}
