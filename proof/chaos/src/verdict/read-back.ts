import { answerBody, type Evidence } from '#checker';
import type { RecordedExchange } from '../workload/exchange.js';
import type { ReadBack, RunFacts } from './run-facts.js';

const AT_ONCE = 16;

/** Reads the API with the key of one account. */
export interface Reader {
  readonly account: string;
  read(
    path: string,
    options?: { at?: number; parameters?: Readonly<Record<string, string>> },
  ): Promise<RecordedExchange>;
}

const lists = ['/v1/charges', '/v1/refunds', '/v1/balance_transactions'] as const;

/**
 * Reads every charge and every account's balance from the API. It also reads every page of every list, which the
 * checker compares with the reference model.
 */
export async function readBack(
  { charges: rows }: Pick<Evidence, 'charges'>,
  readers: readonly Reader[],
): Promise<ReadBack> {
  const readerOf = new Map(readers.map((reader) => [reader.account, reader]));
  const charges = new Map<string, { status: string; captured: boolean }>();
  const left = [...rows];
  const readOn = async (at: number): Promise<void> => {
    for (let next = left.pop(); next; next = left.pop()) {
      const answer = await readerOf.get(next.account)?.read(`/v1/charges/${next.id}`, { at });
      if (!answer) continue;
      const { status = `nothing, but ${answer.answer?.status}`, captured = false } = answerBody(answer);
      charges.set(next.id, { status, captured });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => readOn(at)));
  const balances = await Promise.all(
    readers.map(async (reader) => [reader.account, balanceIn(await reader.read('/v1/balance'))] as const),
  );
  for (const reader of readers) for (const path of lists) await walk(reader, path);
  return { charges, balances: new Map(balances) };
}

async function walk(reader: Reader, path: string): Promise<void> {
  for (let cursor = {}; ;) {
    const { data = [], has_more: hasMore } = answerBody(
      await reader.read(path, { parameters: { limit: '100', ...cursor } }),
    );
    if (!hasMore || data.length === 0) return;
    cursor = { starting_after: data.at(-1)!.id };
  }
}

function balanceIn({ answer }: RecordedExchange): Map<string, number> | undefined {
  if (answer?.status !== 200) return undefined;
  type Part = { readonly amount: number; readonly currency: string };
  const { available, pending } = JSON.parse(answer.body) as { available: Part[]; pending: Part[] };
  const sums = new Map<string, number>();
  for (const { amount, currency } of [...available, ...pending]) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  return sums;
}

/** Charges that the API shows differently from their rows (A15), or that no account of the run can read. */
export function chargesReadOtherwise({ evidence, readBack }: Pick<RunFacts, 'evidence' | 'readBack'>): string[] {
  return evidence.charges.flatMap(({ id, account, state }) => {
    const said = readBack.charges.get(id);
    if (said === undefined) return [`${id}: belongs to ${account}, which is no account of this run`];
    const wanted = state === 'failed' ? 'failed' : state === 'requested' ? 'pending' : 'succeeded';
    return said.status === wanted && said.captured === (state === 'succeeded')
      ? []
      : [`${id}: ${state}, but the API says ${said.status}, captured ${said.captured}`];
  });
}

/** Balances that differ from the sum of their account's balance transactions (A9). */
export function wrongBalances({ evidence, readBack }: Pick<RunFacts, 'evidence' | 'readBack'>): string[] {
  const byAccount = Map.groupBy(evidence.balanceTransactions, ({ account }) => account);
  const accounts = new Set([...readBack.balances.keys(), ...byAccount.keys()]);
  return [...accounts].flatMap((account) => {
    const said = readBack.balances.get(account);
    if (said === undefined) return [`${account}: /v1/balance was not answered`];
    const sums = new Map<string, number>();
    for (const { currency, netMinor } of byAccount.get(account) ?? [])
      sums.set(currency, (sums.get(currency) ?? 0) + netMinor);
    return [...new Set([...sums.keys(), ...said.keys()])]
      .filter((currency) => (sums.get(currency) ?? 0) !== (said.get(currency) ?? 0))
      .map(
        (currency) =>
          `${account}: /v1/balance says ${said.get(currency) ?? 0} ${currency}, the sum of its transactions is ${sums.get(currency) ?? 0}`,
      );
  });
}
