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
import { webhooksMissed } from './webhooks.js';

export interface Invariant {
  /** Never changes, so that old and new reports can be compared. */
  readonly id: string;
  readonly promise: string;
  /** The invariant needs the clients' history; without it, it is unchecked or checked in part. Others need none. */
  readonly withoutHistory?: 'unjudged' | 'in part';
  /** One line per violation, with the charge, key or account concerned. */
  readonly violations: (evidence: Evidence) => string[];
}

/** Invariants that hold at quiescence: all faults lifted, every charge ended. */
export const invariants: readonly Invariant[] = [
  {
    id: 'A1',
    promise:
      'per charge at most one authorization and one capture stand at the banks; no operation is performed by two attempts, and no attempt is sent twice',
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
      'a succeeded charge was captured at a bank for its amount and posted once in the ledger; an authorized charge is held at a bank and in the ledger',
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
      'a failed, canceled or never opened charge has no money held or captured at any bank and no open hold; a succeeded charge has no open hold left',
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
            .map(({ id }) => `${id}: succeeded, but a hold of it is still open`),
        );
    },
  },
  {
    id: 'A4',
    withoutHistory: 'unjudged',
    promise: 'one idempotency key makes one charge, and all its answers are identical to the byte',
    violations: ({ history }) =>
      [
        ...Map.groupBy(
          history.filter(({ status, body }) => body !== undefined && status !== 409 && status !== 429),
          ({ account, key }) => `${account} ${key}`,
        ),
      ]
        .filter(([, answers]) => new Set(answers.map(({ status, body }) => `${status} ${body}`)).size > 1)
        .map(([key, answers]) => `${key}: ${answers.length} answers, not all the same`),
  },
  {
    id: 'A5',
    promise:
      'refunds never exceed the captured amount, for the merchant, in the ledger and at the bank; each refund is at all three places or at none',
    violations: ({ charges, refunds, transfers, entries }) => {
      const captured = new Map(charges.map(({ id, capturedMinor }) => [id, capturedMinor ?? 0]));
      const moving = refunds.filter(({ cancels }) => !cancels);
      const promised = moving.filter(({ state }) => state !== 'failed');
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
      const differing = refunds.flatMap(({ id, state, amountMinor, cancels }) => {
        const wanted = state === 'succeeded' && !cancels ? amountMinor : 0;
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
    promise: 'the suspense accounts are empty, and each pending transfer was posted or voided at most once',
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
    promise: 'every charge and refund has ended, no event waits in an outbox, and no event is parked',
    violations: ({ charges, refunds, unsent, parked }) => [
      ...charges.filter(({ awaiting }) => awaiting).map(({ id }) => `${id}: has not ended`),
      ...refunds.filter(({ state }) => state === 'pending').map(({ id }) => `${id}: has not ended`),
      ...(unsent > 0 ? [`${unsent} events wait in outboxes`] : []),
      ...(parked > 0 ? [`${parked} events are parked`] : []),
    ],
  },
  {
    id: 'A8',
    promise: "the banks' journals and the ledger's bank receivables agree, entry by entry, in both directions",
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
    promise: "the sum of an account's balance transactions equals its merchant account in the ledger",
    violations: ({ balanceTransactions, transfers }) => {
      const shown = sums(
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
      return [...new Set([...shown.keys(), ...booked.keys()])]
        .filter((account) => (shown.get(account) ?? 0) !== (booked.get(account) ?? 0))
        .map((account) => `${account}: ${shown.get(account) ?? 0} shown, ${booked.get(account) ?? 0} in the ledger`);
    },
  },
  {
    id: 'A10',
    promise: 'ids are unique, and the version of a charge is the number of its events',
    violations: ({ charges }) => [
      ...[...Map.groupBy(charges, ({ id }) => id)]
        .filter(([, rows]) => rows.length > 1)
        .map(([id]) => `${id}: issued twice`),
      ...charges
        .filter(({ version, events }) => version !== events)
        .map(({ id, version, events }) => `${id}: at version ${version} with ${events} events`),
    ],
  },
  {
    id: 'A12',
    promise:
      'every change of a charge or a refund has its event, and every event reached every webhook endpoint of its account that came back, and no other, with a valid signature',
    violations: webhooksMissed,
  },
  {
    id: 'A15',
    withoutHistory: 'in part',
    promise:
      'each final answer matches the state of its charge or refund, and every request gets a final answer in the end',
    violations: ({ history, charges, refunds, unanswered }) => {
      const states = new Map(charges.map(({ id, state }) => [id, state]));
      const endings = new Map(refunds.map(({ id, state }) => [id, state]));
      const waiting = unanswered.map(({ account, key }) => `${account} ${key}: has no answer`);
      const told = history.flatMap(({ asked, status, chargeId, body, key }) => {
        if (chargeId === undefined || status === undefined) return [];
        const state = states.get(chargeId);
        if (state === undefined) return [`${key}: its answer names ${chargeId}, which does not exist`];
        if (status === 402 && state !== 'failed') return [`${chargeId}: answered 402, but it is ${state}`];
        if (status !== 200) return [];
        const said = JSON.parse(body ?? '{}') as { id?: string; status?: string; captured?: boolean };
        if (said.status !== 'succeeded' && said.status !== 'failed') return [];
        if (asked === 'refund') {
          const ending = endings.get(said.id ?? '');
          return ending === said.status ? [] : [`${said.id}: answered ${said.status}, but it is ${ending}`];
        }
        // An authorized charge may end in any way later.
        const wrong = said.captured === false ? state === 'requested' : state !== 'succeeded';
        return wrong ? [`${chargeId}: answered succeeded, but it is ${state}`] : [];
      });
      return [...told, ...waiting];
    },
  },
  {
    id: 'A16',
    withoutHistory: 'unjudged',
    promise:
      'a valid request succeeds unless a fault explains its refusal: a fault of its own bank, at that time and for its card, or of a part that every request needs',
    violations: unexplainedRefusals,
  },
  {
    id: 'A17',
    withoutHistory: 'unjudged',
    promise:
      'every operation was performed as requested, and every answer, reads included, is one that the reference model allows at its time',
    violations: judgeByModel,
  },
];

/**
 * Whether two attempts of one operation cannot both be performed: the bank is idempotent, or it enforces `validUntil`.
 * At the others a very late attempt may still be performed; reconciliation finds it in the statement.
 */
const settlesAttempts = (bank: string): boolean => {
  const profile = bankProtocol.bankProfiles[bank as bankProtocol.BankName];
  return profile.idempotent || profile.enforcesValidUntil;
};

/** Attempts have an id of their own and are sent once. Inquiries and reversals may be repeated. */
const isMovement = ({ operation, attemptId }: ReceivedRequest): boolean =>
  attemptId !== undefined && ['authorize', 'capture', 'void', 'refund'].includes(operation);

const isPosted = ({ kind }: TransferRow): boolean => kind === 'post' || kind === 'single';
/** A transfer that posts a capture to the merchant. */
const isCapture = ({ effect }: TransferRow): boolean => effect === 'capture' || effect === 'match';
/** Charges with a pending transfer that is not resolved, from the transfers alone: the hold's row may disagree. */
function openHolds(transfers: readonly TransferRow[]): Set<string> {
  const resolved = new Set(transfers.map(({ chargeId, resolves }) => `${chargeId} ${resolves}`));
  const open = transfers.filter(
    ({ chargeId, effect, kind }) => kind === 'pending' && !resolved.has(`${chargeId} ${effect}`),
  );
  return new Set(open.map(({ chargeId }) => chargeId));
}
const isRefund = ({ effect }: TransferRow): boolean => effect.startsWith('refund:');
/** A merchant's refund, by its reference. Compensations have other references. */
const isOfARefund = ({ reference }: BankEntry): boolean => reference.includes('.refund.');
const refundOf = (reference: string): string => reference.slice(reference.lastIndexOf('.') + 1);

/** The receivable by the bank's movement. The transfer that reverses a stray counts for the stray's own bank id. */
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

/** The verdict as text: every broken promise with its first cases. */
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
