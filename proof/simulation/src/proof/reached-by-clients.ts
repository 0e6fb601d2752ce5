import type { ApiExchange } from '#checker';

type Parts = Pick<ApiExchange, 'sentMs' | 'endedMs'>;

const overlap = (a: Parts, b: Parts): boolean => a.sentMs < b.endedMs && b.sentMs < a.endedMs;

const isCreate = ({ method, path, answer }: ApiExchange): boolean =>
  method === 'POST' && path === '/v1/charges' && answer?.status === 200 && !answer.replayed;

const isLaterPage = ({ method, path, parameters, answer }: ApiExchange): boolean =>
  method === 'GET' &&
  path === '/v1/charges' &&
  answer?.status === 200 &&
  ('starting_after' in parameters || 'ending_before' in parameters);

/** Pages after the first that were read while a charge of the same account was being created. */
export function walkedWhileCharging(exchanges: readonly ApiExchange[]): number {
  const creates = exchanges.filter(isCreate);
  return exchanges.filter(
    (page) => isLaterPage(page) && creates.some((create) => create.account === page.account && overlap(page, create)),
  ).length;
}

/** Refunds that were refused for lack of balance. */
export function refusedForBalance(exchanges: readonly ApiExchange[]): number {
  return exchanges.filter(
    ({ method, path, answer }) =>
      method === 'POST' && path === '/v1/refunds' && answer?.body.includes('"code": "balance_insufficient"'),
  ).length;
}

/** Idempotency keys under which one account made two charges, which is right after a key's expiry. */
export function keysUsedAnew(exchanges: readonly ApiExchange[]): number {
  const made = Map.groupBy(exchanges.filter(isCreate), ({ account, key }) => `${account} ${key}`);
  return [...made.values()].filter(
    (creates) => new Set(creates.map(({ answer }) => (JSON.parse(answer!.body) as { id: string }).id)).size > 1,
  ).length;
}

/** Refused requests with API keys that had been valid before. */
export function revokedKeysRefused(exchanges: readonly ApiExchange[]): number {
  return exchanges.filter(({ answer, opensUntilMs = -Infinity }) => answer?.status === 401 && opensUntilMs > -Infinity)
    .length;
}
