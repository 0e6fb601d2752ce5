import fc from 'fast-check';
import { bank, payments, type NewEvent } from '#contracts';
import { money, type Money } from '#money';

/** An event with its causes. */
interface Happening {
  readonly event: NewEvent;
  readonly after: readonly Happening[];
}

const happening = (event: NewEvent, ...after: readonly Happening[]): Happening => ({ event, after });

/** The ends of a charge, at the bank and in the books. */
const ends = [
  'captured',
  'partly captured',
  'capture refused',
  'hold refused',
  'canceled',
  'expired',
  'open',
  'captured although refused',
  'captured although released',
  'released although captured',
] as const;

interface Plan {
  readonly end: (typeof ends)[number];
  readonly bank: 'alder' | 'cedar';
  readonly amount: Money;
  readonly refunds: readonly RefundPlan[];
  readonly strays: readonly bank.StrayReversed['movement'][];
}

interface RefundPlan {
  readonly end: 'succeeded' | 'refused' | 'open' | 'excessive';
  /** A fraction of the captured amount. */
  readonly share: number;
}

/** The events of one charge. An event may be overtaken by any that does not depend on it. */
function historyOf(chargeId: string, account: string, plan: Plan): Happening[] {
  const parties = { chargeId, account, bank: plan.bank };
  const approved = (capture: 'automatic' | 'manual', fault: string | null = null): NewEvent =>
    bank.authorizationApproved({
      ...parties,
      amount: plan.amount,
      capture,
      bankAuthorizationId: `${chargeId}_a`,
      fault,
    });
  const captured = (amount: Money): NewEvent =>
    bank.captureSucceeded({ ...parties, amount, bankCaptureId: `${chargeId}_c` });
  const voided = (cause: bank.AuthorizationVoided['cause']): NewEvent =>
    bank.authorizationVoided({ ...parties, cause, refusalCode: cause === 'capture_failed' ? 'expired_card' : null });
  const compensated = (): NewEvent =>
    bank.captureCompensated({ ...parties, amount: plan.amount, bankRefundId: `${chargeId}_r` });
  const charge = (): Happening[] => {
    switch (plan.end) {
      case 'captured':
        return withRefunds(plan.amount, happening(approved('automatic')), happening(captured(plan.amount)));
      case 'partly captured': {
        const part = partOf(plan.amount, 0.5);
        return withRefunds(part, happening(approved('manual')), happening(captured(part)));
      }
      case 'capture refused':
        return [happening(approved('automatic')), happening(voided('capture_failed'))];
      case 'hold refused':
        return [happening(approved('automatic', 'tok_fault_ledger_refuse')), happening(voided('hold_refused'))];
      case 'canceled':
      case 'expired':
        return [happening(approved('manual')), happening(voided(plan.end))];
      case 'open':
        return [happening(approved('manual'))];
      case 'captured although refused': {
        const refused = happening(approved('automatic', 'tok_fault_ledger_refuse'));
        const capture = happening(captured(plan.amount), refused);
        return [refused, capture, happening(voided('hold_refused')), happening(compensated(), capture)];
      }
      case 'captured although released': {
        const release = happening(voided('canceled'));
        const capture = happening(captured(plan.amount), release);
        return [happening(approved('manual')), release, capture, happening(compensated(), capture)];
      }
      case 'released although captured': {
        const capture = happening(captured(plan.amount));
        const release = happening(voided('canceled'));
        return [capture, release, happening(approved('manual'), release), happening(compensated(), capture, release)];
      }
    }
  };
  const withRefunds = (whole: Money, ...posting: readonly Happening[]): Happening[] => [
    ...posting,
    ...plan.refunds.flatMap((refund, n) =>
      refundOf({ refundId: `re_${chargeId.slice(3)}_${n}`, ...parties }, whole, refund).map((event) =>
        happening(event, ...posting),
      ),
    ),
  ];
  const strays = plan.strays.map((movement, n) =>
    happening(
      bank.strayReversed({
        ...parties,
        bankId: `${chargeId}_s${n}`,
        movement,
        amount: plan.amount,
        reversalBankId: `${chargeId}_u${n}`,
      }),
    ),
  );
  return [...charge(), ...strays];
}

function refundOf(
  parties: { refundId: string; chargeId: string; account: string; bank: Plan['bank'] },
  captured: Money,
  { end, share }: RefundPlan,
): NewEvent[] {
  const { refundId, chargeId, account } = parties;
  const amount = end === 'excessive' ? money(captured.amountMinor + 1, captured.currency) : partOf(captured, share);
  const requested = payments.refundRequested({ refundId, chargeId, account, amount });
  switch (end) {
    case 'succeeded':
      return [requested, bank.refundSucceeded({ ...parties, amount, bankRefundId: `${refundId}_r` })];
    case 'refused':
      return [requested, bank.refundFailed({ ...parties, amount, code: 'account_closed' })];
    case 'open':
    case 'excessive':
      return [requested];
  }
}

const partOf = ({ amountMinor, currency }: Money, share: number): Money =>
  money(Math.max(1, Math.floor(amountMinor * share)), currency);

const plan: fc.Arbitrary<Plan> = fc.record({
  end: fc.constantFrom('captured' as const, ...ends),
  bank: fc.constantFrom('alder', 'cedar'),
  amount: fc.record({
    amountMinor: fc.integer({ min: 8, max: 99_999_999 }),
    currency: fc.constantFrom('usd', 'eur', 'jpy'),
  }),
  refunds: fc.array(
    fc.record({
      end: fc.constantFrom('succeeded', 'succeeded', 'refused', 'open', 'excessive'),
      // The sum never exceeds the whole, so that no refund's result depends on the order.
      share: fc.constantFrom(0.25, 0.1),
    }),
    { maxLength: 3 },
  ),
  strays: fc.array(fc.constantFrom('authorization', 'capture', 'refund'), { maxLength: 2 }),
});

export interface Deliveries {
  /** In causal order. */
  readonly inOrder: readonly NewEvent[];
  /** The same events in any order that respects causes, with duplicates. */
  readonly anyhow: readonly NewEvent[];
}

/** @param name makes charge ids unique between runs in one database */
export const deliveries = (name: () => string): fc.Arbitrary<Deliveries> =>
  fc
    .array(plan, { minLength: 1, maxLength: 6 })
    .map((plans) => {
      const prefix = name();
      return plans.flatMap((each, index) => historyOf(`ch_${prefix}${index}`, `acct_${prefix}${index % 2}`, each));
    })
    .chain((happened) =>
      fc
        .tuple(
          fc.shuffledSubarray(happened, { minLength: happened.length, maxLength: happened.length }),
          fc.array(fc.constantFrom(...happened), { maxLength: happened.length }),
          fc.infiniteStream(fc.nat(20)),
        )
        .map(([shuffled, again, places]) => {
          const anyhow = causesFirst(shuffled).map(({ event }) => event);
          for (const { event } of again) {
            const first = anyhow.indexOf(event) + 1;
            anyhow.splice(first + (places.next().value! % (anyhow.length - first + 1)), 0, event);
          }
          return { inOrder: causesFirst(happened).map(({ event }) => event), anyhow };
        }),
    );

/** Moves an event that precedes its causes right behind the last of them. */
function causesFirst(happenings: readonly Happening[]): Happening[] {
  const ordered = new Set<Happening>();
  const waiting = [...happenings];
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ after }) => after.every((cause) => ordered.has(cause)));
    ordered.add(waiting.splice(next, 1)[0]!);
  }
  return [...ordered];
}

/** Splits events into batches. A refund request never shares a batch with its charge's posting, its cause. */
export function batchesOf(events: readonly NewEvent[], sizes: readonly number[] = []): NewEvent[][] {
  const batches: NewEvent[][] = [[]];
  const left = [...sizes];
  let size = left.shift() ?? Infinity;
  for (const event of events) {
    const batch = batches.at(-1)!;
    if (batch.length >= size || (isOfRefund(event) && batch.some((other) => postsFor(event, other)))) {
      batches.push([event]);
      size = left.shift() ?? Infinity;
    } else batch.push(event);
  }
  return batches;
}

const isOfRefund = ({ data }: NewEvent): boolean => 'refundId' in (data as object);

const postsFor = (refund: NewEvent, { type, key }: NewEvent): boolean =>
  key === refund.key && (type === bank.captureSucceeded.type || type === bank.authorizationApproved.type);
