import { bankProtocol } from '#contracts';
import { unexplainedRefusals } from './availability/availability.js';
import {
  standing,
  unreversed,
  type BankEntry,
  type Evidence,
  type ReceivedRequest,
  type TransferRow,
} from './evidence.js';
import { judgeByModel } from './model/index.js';

export interface Invariant {
  /** Stays with its promise, so that reports of different ages compare. */
  readonly id: string;
  readonly promise: string;
  /**
   * It compares with what clients were told: without their history it can be judged not at all, or only in part. The
   * others need only databases and journals.
   */
  readonly withoutHistory?: 'unjudged' | 'in part';
  /** One line per violation, each naming the charge, key or account that it is about. */
  readonly violations: (evidence: Evidence) => string[];
}

/** What must hold once all is quiet: faults lifted, everything settled. */
export const invariants: readonly Invariant[] = [
  {
    id: 'A1',
    promise:
      'a charge has at most one capture that stands, and at most one authorization; nothing was performed by two attempts, and no attempt was sent twice',
    violations: ({ entries, requests }) => [
      ...(['authorization', 'capture'] as const).flatMap((kind) =>
        [...Map.groupBy(standing(entries, kind), ({ chargeId }) => chargeId)]
          .filter(([, standing]) => standing.length > 1)
          .map(
            ([chargeId, standing]) =>
              `${chargeId}: ${standing.length} ${kind}s stand: ${standing.map(({ bank, bankId }) => `${bank} ${bankId}`).join(', ')}`,
          ),
      ),
      ...[
        ...Map.groupBy(
          entries.filter(
            ({ bank, attemptId, kind }) => attemptId !== undefined && kind !== 'reversal' && settlesAttempts(bank),
          ),
          ({ bank, kind, reference }) => `${bank} ${kind} ${reference}`,
        ),
      ]
        .filter(([, performed]) => new Set(performed.map(({ attemptId }) => attemptId)).size > 1)
        .map(([what, performed]) => `${what}: performed by ${performed.map(({ attemptId }) => attemptId).join(', ')}`),
      ...[...Map.groupBy(requests.filter(isMovement), ({ bank, attemptId }) => `${bank} ${attemptId}`)]
        .filter(([, received]) => received.length > 1)
        .map(([what, received]) => `${what}: sent ${received.length} times`),
    ],
  },
  {
    id: 'A2',
    promise:
      'a charge that succeeded was captured at a bank for its amount and posted once; one that is authorized is held at both',
    violations: ({ charges, entries, transfers, holds }) => {
      const captures = Map.groupBy(unreversed(entries, 'capture'), ({ chargeId }) => chargeId);
      const authorizations = Map.groupBy(standing(entries, 'authorization'), ({ chargeId }) => chargeId);
      const posts = Map.groupBy(transfers.filter(isCapture), ({ chargeId }) => chargeId);
      const open = new Map(holds.filter(({ state }) => state === 'pending').map((hold) => [hold.chargeId, hold]));
      return charges.flatMap(({ id, state, amountMinor, capturedMinor, currency }) => {
        if (state === 'succeeded') {
          const captured = (captures.get(id) ?? []).map((entry) => `${entry.amountMinor} ${entry.currency}`);
          const posted = (posts.get(id) ?? []).map((post) => `${post.amountMinor} ${post.currency}`);
          const wanted = `${capturedMinor} ${currency}`;
          if (captured.join() === wanted && posted.join() === wanted) return [];
          return [`${id}: succeeded for ${wanted}, captured [${captured.join(', ')}], posted [${posted.join(', ')}]`];
        }
        if (state !== 'authorized') return [];
        const held = (authorizations.get(id) ?? []).map((entry) => entry.amountMinor);
        if (held.join() === `${amountMinor}` && open.get(id)?.amountMinor === amountMinor) return [];
        return [
          `${id}: authorized for ${amountMinor}, held [${held.join(', ')}] at banks, ${open.get(id)?.amountMinor ?? 'nothing'} in the books`,
        ];
      });
    },
  },
  {
    id: 'A3',
    promise:
      'a charge that failed, was canceled or was never opened left nothing at any bank and no open hold, and one that succeeded no hold besides',
    violations: ({ charges, entries, holds, transfers }) => {
      const left = new Set(
        [...standing(entries, 'authorization'), ...standing(entries, 'capture')].map(({ chargeId }) => chargeId),
      );
      const held = new Set(
        holds.filter(({ state }) => state === 'pending' || state === 'posted').map(({ chargeId }) => chargeId),
      );
      const open = openHolds(transfers);
      const known = new Set(charges.map(({ id }) => id));
      const unknown = [...new Set([...left, ...held, ...open])].filter((id) => !known.has(id));
      return [
        ...charges.filter(({ state }) => state === 'failed' || state === 'canceled'),
        ...unknown.map((id) => ({ id, state: 'never opened' })),
      ]
        .flatMap(({ id, state }) => [
          ...(left.has(id) ? [`${id}: ${state}, but money is set aside or captured at a bank`] : []),
          ...(held.has(id) || open.has(id) ? [`${id}: ${state}, but its hold is open or posted`] : []),
        ])
        .concat(
          charges
            .filter(({ id, state, awaiting }) => state === 'succeeded' && !awaiting && open.has(id))
            .map(({ id }) => `${id}: succeeded, but something of it is held still`),
        );
    },
  },
  {
    id: 'A4',
    withoutHistory: 'unjudged',
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
    id: 'A5',
    promise:
      'refunds never exceed what was captured: for the merchant, in the ledger, at the bank; and each is at all three or at none',
    violations: ({ charges, refunds, transfers, entries }) => {
      const captured = new Map(charges.map(({ id, capturedMinor }) => [id, capturedMinor ?? 0]));
      const canceled = new Set(charges.filter(({ state }) => state === 'canceled').map(({ id }) => id));
      const promised = refunds.filter(({ state, chargeId }) => state !== 'failed' && !canceled.has(chargeId));
      const posted = transfers.filter(isRefund);
      const back = unreversed(entries, 'refund').filter(isOfARefund);
      const given = [
        ['for the merchant', promised],
        ['in the ledger', posted],
        ['at the bank', back],
      ] as const;
      const exceeded = given.flatMap(([where, parts]) =>
        [...sums(parts.map(({ chargeId, amountMinor }) => [chargeId, amountMinor]))]
          .filter(([chargeId, sum]) => sum > (captured.get(chargeId) ?? 0))
          .map(([chargeId, sum]) => `${chargeId}: ${sum} refunded ${where}, of ${captured.get(chargeId) ?? 0}`),
      );
      const inLedger = sums(posted.map(({ effect, amountMinor }) => [effect.slice('refund:'.length), amountMinor]));
      const atBank = sums(back.map(({ reference, amountMinor }) => [refundOf(reference), amountMinor]));
      const differing = refunds
        .filter(({ chargeId }) => !canceled.has(chargeId))
        .flatMap(({ id, state, amountMinor }) => {
          const wanted = state === 'succeeded' ? amountMinor : 0;
          const [ledger, bank] = [inLedger.get(id) ?? 0, atBank.get(id) ?? 0];
          return ledger === wanted && bank === wanted
            ? []
            : [`${id}: ${state} for ${amountMinor}, ${ledger} in the ledger, ${bank} at the bank`];
        });
      return [...exceeded, ...differing];
    },
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
    violations: ({ charges, refunds, unsent, parked }) => [
      ...charges.filter(({ awaiting }) => awaiting).map(({ id }) => `${id}: has not ended`),
      ...refunds.filter(({ state }) => state === 'pending').map(({ id }) => `${id}: has not ended`),
      ...(unsent > 0 ? [`${unsent} events wait in outboxes`] : []),
      ...(parked > 0 ? [`${parked} events are parked`] : []),
    ],
  },
  {
    id: 'A8',
    promise: "the banks' journals equal the ledger's bank receivables, entry by entry, both ways",
    violations: ({ entries, transfers }) => {
      const atBanks = sums(
        (['capture', 'refund'] as const).flatMap((kind) =>
          unreversed(entries, kind).map((entry): [string, number] => [
            `${entry.chargeId} ${entry.bank} ${entry.bankId} ${entry.currency}`,
            kind === 'capture' ? entry.amountMinor : -entry.amountMinor,
          ]),
        ),
      );
      const inBooks = sums(
        transfers
          .filter(isPosted)
          .flatMap((transfer) => [
            ...receivable(transfer, transfer.debitAccount, transfer.amountMinor),
            ...receivable(transfer, transfer.creditAccount, -transfer.amountMinor),
          ]),
      );
      return [...new Set([...atBanks.keys(), ...inBooks.keys()])]
        .filter((what) => (atBanks.get(what) ?? 0) !== (inBooks.get(what) ?? 0))
        .map((what) => `${what}: ${atBanks.get(what) ?? 0} at the bank, ${inBooks.get(what) ?? 0} in the books`);
    },
  },
  {
    id: 'A9',
    promise: "an account's balance transactions come to what the ledger says of its merchant",
    violations: ({ balanceTransactions, transfers }) => {
      const told = sums(
        balanceTransactions.map(({ account, currency, netMinor }) => [`merchant:${account}:${currency}`, netMinor]),
      );
      const booked = sums(
        transfers
          .filter(isPosted)
          .flatMap(({ debitAccount, creditAccount, amountMinor }): [string, number][] => [
            [debitAccount, -amountMinor],
            [creditAccount, amountMinor],
          ])
          .filter(([account]) => account.startsWith('merchant:')),
      );
      return [...new Set([...told.keys(), ...booked.keys()])]
        .filter((account) => (told.get(account) ?? 0) !== (booked.get(account) ?? 0))
        .map((account) => `${account}: ${told.get(account) ?? 0} told, ${booked.get(account) ?? 0} in the ledger`);
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
    withoutHistory: 'in part',
    promise: 'what a client was told is what happened; who was told nothing, or to wait, finds an ending',
    violations: ({ history, charges, refunds, unanswered }) => {
      const states = new Map(charges.map(({ id, state }) => [id, state]));
      const endings = new Map(refunds.map(({ id, state }) => [id, state]));
      const waiting = unanswered.map(({ account, key }) => `${account} ${key}: has no answer`);
      const told = history.flatMap(({ asked, status, chargeId, body, key }) => {
        if (chargeId === undefined || status === undefined) return [];
        const state = states.get(chargeId);
        if (state === undefined) return [`${key}: was told of ${chargeId}, which does not exist`];
        if (status === 402 && state !== 'failed') return [`${chargeId}: its client was told 402, and it ${state}`];
        if (status !== 200) return [];
        const said = JSON.parse(body ?? '{}') as { id?: string; status?: string; captured?: boolean };
        if (said.status !== 'succeeded' && said.status !== 'failed') return [];
        if (asked === 'refund') {
          const ending = endings.get(said.id ?? '');
          return ending === said.status ? [] : [`${said.id}: its client was told ${said.status}, and it is ${ending}`];
        }
        // Authorized and not captured yet: from there it may go any way.
        const wrong = said.captured === false ? state === 'requested' : state !== 'succeeded';
        return wrong ? [`${chargeId}: its client was told that it succeeded, and it is ${state}`] : [];
      });
      return [...told, ...waiting];
    },
  },
  {
    id: 'A16',
    withoutHistory: 'unjudged',
    promise:
      'a request that is in order succeeds, unless a fault explains the refusal: of its own bank, at that time and for its card, or of what every request passes',
    violations: unexplainedRefusals,
  },
  {
    id: 'A17',
    withoutHistory: 'unjudged',
    promise:
      'what was asked is what was done, and every answer, reads included, is one that the reference model allows at its moment',
    violations: judgeByModel,
  },
];

/**
 * It knows a reference again, or refuses what comes too late: there, no attempt begins before the one before it is
 * known for certain. At the others what is very late may come all the same; a statement shows it.
 */
const settlesAttempts = (bank: string): boolean => {
  const profile = bankProtocol.defaultBanks[bank as bankProtocol.BankName];
  return profile.idempotent || profile.enforcesValidUntil;
};

/** An attempt has a name of its own, which is committed before it is sent; questions and reversals may be repeated. */
const isMovement = ({ operation, attemptId }: ReceivedRequest): boolean =>
  attemptId !== undefined && ['authorize', 'capture', 'void', 'refund'].includes(operation);

const isPosted = ({ kind }: TransferRow): boolean => kind === 'post' || kind === 'single';
/** What made a charge its merchant's. */
const isCapture = ({ effect }: TransferRow): boolean => effect === 'capture' || effect === 'match';
/** Charges of which the books hold something still, by the transfers alone: a hold's own row may say otherwise. */
function openHolds(transfers: readonly TransferRow[]): Set<string> {
  const resolved = new Set(transfers.map(({ chargeId, resolves }) => `${chargeId} ${resolves}`));
  const open = transfers.filter(
    ({ chargeId, effect, kind }) => kind === 'pending' && !resolved.has(`${chargeId} ${effect}`),
  );
  return new Set(open.map(({ chargeId }) => chargeId));
}
const isRefund = ({ effect }: TransferRow): boolean => effect.startsWith('refund:');
/** A merchant's refund is asked for under its own name; a compensation is the system's. */
const isOfARefund = ({ reference }: BankEntry): boolean => reference.includes('.refund.');
const refundOf = (reference: string): string => reference.slice(reference.lastIndexOf('.') + 1);

/** By the movement that it mirrors. What undoes a stray mirrors its reversal, and stands for the stray no longer. */
function receivable(transfer: TransferRow, account: string, amountMinor: number): [string, number][] {
  const [kind, bank, currency] = account.split(':');
  const { chargeId, effect } = transfer;
  const bankId = effect.startsWith(undone) ? effect.slice(undone.length) : transfer.bankId;
  return kind === 'bank_receivable' ? [[`${chargeId} ${bank} ${bankId} ${currency}`, amountMinor]] : [];
}

const undone = 'stray_undone:';

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
