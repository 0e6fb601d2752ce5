import { standing, type Evidence } from './evidence.js';

export interface Invariant {
  /** Stays with its promise, so that reports of different ages compare. */
  readonly id: string;
  readonly promise: string;
  /** One line per violation, each naming the charge, key or account that it is about. */
  readonly violations: (evidence: Evidence) => string[];
}

/** What must hold once all is quiet: faults lifted, everything settled. */
export const invariants: readonly Invariant[] = [
  {
    id: 'A1',
    promise: 'a charge has at most one capture that stands, and at most one authorization',
    violations: ({ entries }) =>
      (['authorization', 'capture'] as const).flatMap((kind) =>
        [...Map.groupBy(standing(entries, kind), ({ chargeId }) => chargeId)]
          .filter(([, standing]) => standing.length > 1)
          .map(
            ([chargeId, standing]) =>
              `${chargeId}: ${standing.length} ${kind}s stand: ${standing.map(({ bank, bankId }) => `${bank} ${bankId}`).join(', ')}`,
          ),
      ),
  },
  {
    id: 'A2',
    promise: 'a charge that succeeded was captured at a bank for its amount and posted once in the ledger',
    violations: ({ charges, entries, transfers }) => {
      const captures = Map.groupBy(standing(entries, 'capture'), ({ chargeId }) => chargeId);
      const posts = Map.groupBy(
        transfers.filter(({ kind }) => kind === 'post'),
        ({ chargeId }) => chargeId,
      );
      return charges
        .filter(({ state }) => state === 'succeeded')
        .flatMap(({ id, amountMinor, currency }) => {
          const captured = (captures.get(id) ?? []).map((entry) => `${entry.amountMinor} ${entry.currency}`);
          const posted = (posts.get(id) ?? []).map((post) => `${post.amountMinor} ${post.currency}`);
          const wanted = `${amountMinor} ${currency}`;
          if (captured.join() === wanted && posted.join() === wanted) return [];
          return [`${id}: succeeded for ${wanted}, captured [${captured.join(', ')}], posted [${posted.join(', ')}]`];
        });
    },
  },
  {
    id: 'A3',
    promise: 'a charge that failed left nothing at any bank and no open hold',
    violations: ({ charges, entries, holds }) => {
      const left = new Set(
        [...standing(entries, 'authorization'), ...standing(entries, 'capture')].map(({ chargeId }) => chargeId),
      );
      const held = new Set(
        holds.filter(({ state }) => state === 'pending' || state === 'posted').map(({ chargeId }) => chargeId),
      );
      return charges
        .filter(({ state }) => state === 'failed')
        .flatMap(({ id }) => [
          ...(left.has(id) ? [`${id}: failed, but money is set aside or captured at a bank`] : []),
          ...(held.has(id) ? [`${id}: failed, but its hold is open or posted`] : []),
        ]);
    },
  },
  {
    id: 'A4',
    promise: 'one key: one charge, and every answer under it identical to the byte',
    violations: ({ history }) =>
      [
        ...Map.groupBy(
          history.filter(({ status, body }) => body !== undefined && status !== 409 && status !== 429),
          ({ account, key }) => `${account} ${key}`,
        ),
      ]
        .filter(([, told]) => new Set(told.map(({ status, body }) => `${status} ${body}`)).size > 1)
        .map(([key, told]) => `${key}: ${told.length} answers, not all the same`),
  },
  {
    id: 'A6',
    promise: 'suspense is empty, and every pending transfer was resolved at most once',
    violations: ({ transfers }) => {
      const suspense = new Map<string, number>();
      for (const { kind, debitAccount, creditAccount, amountMinor } of transfers) {
        if (kind !== 'post' && kind !== 'single') continue;
        for (const [account, sign] of [
          [debitAccount, -1],
          [creditAccount, 1],
        ] as const) {
          if (account.startsWith('suspense:')) suspense.set(account, (suspense.get(account) ?? 0) + sign * amountMinor);
        }
      }
      const resolved = Map.groupBy(
        transfers.filter(({ resolves }) => resolves !== null),
        ({ chargeId, resolves }) => `${chargeId} ${resolves}`,
      );
      return [
        ...[...suspense].filter(([, sum]) => sum !== 0).map(([account, sum]) => `${account}: holds ${sum}`),
        ...[...resolved].filter(([, by]) => by.length > 1).map(([what, by]) => `${what}: resolved ${by.length} times`),
      ];
    },
  },
  {
    id: 'A7',
    promise: 'every charge has ended, and nothing waits to be sent or looked at',
    violations: ({ charges, unsent, parked }) => [
      ...charges.filter(({ state }) => state === 'requested').map(({ id }) => `${id}: has not ended`),
      ...(unsent > 0 ? [`${unsent} events wait in outboxes`] : []),
      ...(parked > 0 ? [`${parked} events are parked`] : []),
    ],
  },
  {
    id: 'A8',
    promise: "the banks' journals equal the ledger's bank receivables, charge by charge, both ways",
    violations: ({ entries, transfers }) => {
      const atBanks = sums(
        standing(entries, 'capture').map((entry) => [
          `${entry.chargeId} ${entry.bank} ${entry.currency}`,
          entry.amountMinor,
        ]),
      );
      const inBooks = sums(
        transfers
          .filter(({ kind }) => kind === 'post' || kind === 'single')
          .flatMap((transfer) => [
            ...receivable(transfer.chargeId, transfer.debitAccount, transfer.amountMinor),
            ...receivable(transfer.chargeId, transfer.creditAccount, -transfer.amountMinor),
          ]),
      );
      return [...new Set([...atBanks.keys(), ...inBooks.keys()])]
        .filter((what) => (atBanks.get(what) ?? 0) !== (inBooks.get(what) ?? 0))
        .map((what) => `${what}: ${atBanks.get(what) ?? 0} at the bank, ${inBooks.get(what) ?? 0} in the books`);
    },
  },
  {
    id: 'A10',
    promise: 'ids are unique, and a charge is as far as its stream of events',
    violations: ({ charges }) => [
      ...[...Map.groupBy(charges, ({ id }) => id)]
        .filter(([, rows]) => rows.length > 1)
        .map(([id]) => `${id}: given twice`),
      ...charges
        .filter(({ version, events }) => version !== events)
        .map(({ id, version, events }) => `${id}: at version ${version} with ${events} events`),
    ],
  },
  {
    id: 'A15',
    promise: 'what a client was told is what happened; who was told nothing, or to wait, finds an ending',
    violations: ({ history, charges }) => {
      const states = new Map(charges.map(({ id, state }) => [id, state]));
      return history.flatMap(({ status, chargeId, body, key }) => {
        if (chargeId === undefined) return [];
        const state = states.get(chargeId);
        if (state === undefined) return [`${key}: was told of ${chargeId}, which does not exist`];
        if (status === 402 && state !== 'failed') return [`${chargeId}: its client was told 402, and it ${state}`];
        if (
          status === 200 &&
          (JSON.parse(body ?? '{}') as { status?: string }).status === 'succeeded' &&
          state !== 'succeeded'
        ) {
          return [`${chargeId}: its client was told that it succeeded, and it is ${state}`];
        }
        return [];
      });
    },
  },
];

function receivable(chargeId: string, account: string, amountMinor: number): [string, number][] {
  const [kind, bank, currency] = account.split(':');
  return kind === 'bank_receivable' ? [[`${chargeId} ${bank} ${currency}`, amountMinor]] : [];
}

function sums(parts: readonly (readonly [string, number])[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const [what, amount] of parts) totals.set(what, (totals.get(what) ?? 0) + amount);
  return totals;
}

export interface Verdict {
  readonly holds: boolean;
  readonly charges: number;
  readonly violations: readonly { readonly id: string; readonly promise: string; readonly lines: readonly string[] }[];
}

export function check(evidence: Evidence): Verdict {
  const violations = invariants
    .map(({ id, promise, violations }) => ({ id, promise, lines: violations(evidence) }))
    .filter(({ lines }) => lines.length > 0);
  return { holds: violations.length === 0, charges: evidence.charges.length, violations };
}

/** For people: every broken promise, and the first of its cases. */
export function describe(verdict: Verdict, casesMax = 5): string {
  if (verdict.holds) return `${verdict.charges} charges: charges, ledger and journals agree`;
  return verdict.violations
    .map(({ id, promise, lines }) =>
      [`${id} broken (${promise}): ${lines.length} cases`, ...lines.slice(0, casesMax).map((line) => `  ${line}`)].join(
        '\n',
      ),
    )
    .join('\n');
}
