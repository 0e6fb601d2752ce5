import type { Evidence } from '#checker';
import type { Counters } from '../run/counters.js';
import { saidIn } from '../workload/merchant.js';
import type { Exchange } from '../workload/history.js';

export interface Judged {
  readonly id: string;
  readonly promise: string;
  /** One line per violation. */
  readonly lines: readonly string[];
  /** How much there was to look at, where that could be next to nothing. */
  readonly looked?: string;
}

export const QUIET_WITHIN_MS = 60_000;

/** What the API itself says once all is quiet, asked for by the suite. */
export interface ReadBack {
  /** By charge. */
  readonly charges: ReadonlyMap<string, { readonly status: string; readonly captured: boolean }>;
  /** By API key: currency → pending and available together, in minor units. */
  readonly balances: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** What the checker cannot see: the API's own words at the end, what strangers were shown, how long it all took. */
export function judgeRun(run: {
  readonly exchanges: readonly Exchange[];
  readonly evidence: Evidence;
  readonly readBack: ReadBack;
  /** Undefined: it did not become quiet. */
  readonly quietAfterMs: number | undefined;
  /** Rows that do not follow from their events, by `npm run payments:verify`. */
  readonly projection: readonly string[];
  /** By metric sample, how often periodic jobs failed by their own fault. */
  readonly failedJobs: ReadonlyMap<string, number>;
}): Judged[] {
  const { exchanges, evidence, readBack, quietAfterMs, projection, failedJobs } = run;
  return [
    {
      id: 'A7 in time',
      promise: 'within 60 s after the last fault is lifted every charge has ended',
      lines:
        quietAfterMs !== undefined && quietAfterMs <= QUIET_WITHIN_MS
          ? []
          : [quietAfterMs === undefined ? 'it never became quiet' : `it took ${Math.round(quietAfterMs / 1_000)} s`],
    },
    {
      id: 'A9 told',
      promise: '/v1/balance comes to the sum of the account’s balance transactions',
      lines: balanceViolations(exchanges, evidence, readBack),
    },
    {
      id: 'A10 fold',
      promise: 'every charge’s row follows from its events',
      lines: projection,
    },
    {
      id: 'A13',
      promise: 'what was acknowledged is there, whatever was killed',
      lines: lostWrites(exchanges, evidence),
    },
    {
      id: 'A14',
      promise: 'nothing of one account is shown to another, and nothing hostile succeeds',
      lines: exchanges
        .filter(
          ({ asked, story, kind }) => (asked === 'hostile' || story === 'looks at another’s charge') && kind === 'ok',
        )
        .filter(({ asked }) => asked === 'hostile' || asked === 'read')
        .map(({ number, story, body }) => `exchange ${number} (${story}) was answered 200: ${body?.slice(0, 120)}`),
    },
    {
      id: 'A15 read',
      promise: 'in the end the API says of every charge what its row says',
      lines: evidence.charges.flatMap(({ id, state }) => {
        const said = readBack.charges.get(id);
        if (said === undefined) return [];
        const wanted = state === 'failed' ? 'failed' : state === 'requested' ? 'pending' : 'succeeded';
        return said.status === wanted && said.captured === (state === 'succeeded')
          ? []
          : [`${id}: ${state}, and the API says ${said.status}, captured ${said.captured}`];
      }),
    },
    {
      id: 'A18',
      promise: 'no periodic job fails by its own fault',
      lines: [...failedJobs].map(([sample, count]) => `${sample}: ${count} times`),
    },
  ];
}

function balanceViolations(exchanges: readonly Exchange[], evidence: Evidence, { balances }: ReadBack): string[] {
  const accountOf = new Map(evidence.charges.map(({ id, account }) => [id, account]));
  const accountOfKey = new Map(
    exchanges.flatMap(({ account, chargeId, asked }) => {
      const id = asked === 'charge' && chargeId !== undefined ? accountOf.get(chargeId) : undefined;
      return id === undefined ? [] : [[account, id] as const];
    }),
  );
  return [...balances].flatMap(([apiKey, said]) => {
    const account = accountOfKey.get(apiKey);
    if (account === undefined) return [];
    const sums = new Map<string, number>();
    for (const { account: of, currency, netMinor } of evidence.balanceTransactions)
      if (of === account) sums.set(currency, (sums.get(currency) ?? 0) + netMinor);
    return [...new Set([...sums.keys(), ...said.keys()])]
      .filter((currency) => (sums.get(currency) ?? 0) !== (said.get(currency) ?? 0))
      .map(
        (currency) =>
          `${account}: /v1/balance says ${said.get(currency) ?? 0} ${currency}, its transactions come to ${sums.get(currency) ?? 0}`,
      );
  });
}

function lostWrites(exchanges: readonly Exchange[], { charges, refunds }: Evidence): string[] {
  const known = new Set([...charges.map(({ id }) => id), ...refunds.map(({ id }) => id)]);
  const told = exchanges.filter(({ asked, kind }) => kind === 'ok' && asked !== 'read' && asked !== 'hostile');
  return [...new Set(told.flatMap((exchange) => saidIn(exchange).id ?? []))]
    .filter((id) => !known.has(id))
    .map((id) => `${id}: its client was told of it, and it is not there`);
}

/** A database that is away, or a lease that is lost, is what a run provokes, and is counted under other outcomes. */
export function failedJobsIn(counters: Pick<Counters, 'above'>): Map<string, number> {
  return new Map(
    ['periodic_job_runs_total', 'outbox_store_failures_total'].flatMap((name) =>
      [...counters.above(name)].filter(([sample]) => sample.includes('outcome="failed"')),
    ),
  );
}
