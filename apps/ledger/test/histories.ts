import fc from 'fast-check';
import { bank, type NewEvent } from '#contracts';
import { money, type Money } from '#money';

/** One charge's events as the bank-gateway publishes them, in their order: captured, voided, or refused and voided. */
function historyOf(chargeId: string, account: string, plan: Plan): NewEvent[] {
  const parties = { chargeId, account, bank: plan.bank };
  const approved = (fault: string | null): NewEvent =>
    bank.authorizationApproved({
      ...parties,
      amount: plan.amount,
      capture: 'automatic',
      bankAuthorizationId: 'a',
      fault,
    });
  switch (plan.end) {
    case 'captured': {
      const amountMinor = Math.max(1, Math.floor(plan.amount.amountMinor * plan.share));
      const amount = money(amountMinor, plan.amount.currency);
      return [approved(null), bank.captureSucceeded({ ...parties, amount, bankCaptureId: 'c' })];
    }
    case 'capture_failed':
      return [
        approved(null),
        bank.authorizationVoided({ ...parties, cause: 'capture_failed', refusalCode: 'insufficient_funds' }),
      ];
    case 'hold_refused':
      return [
        approved('tok_fault_ledger_refuse'),
        bank.authorizationVoided({ ...parties, cause: 'hold_refused', refusalCode: null }),
      ];
    case 'open':
      return [approved(null)];
  }
}

interface Plan {
  readonly end: 'captured' | 'capture_failed' | 'hold_refused' | 'open';
  readonly bank: 'alder' | 'cedar';
  readonly amount: Money;
  readonly share: number;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  end: fc.constantFrom('captured', 'capture_failed', 'hold_refused', 'open'),
  bank: fc.constantFrom('alder', 'cedar'),
  amount: fc.record({
    amountMinor: fc.integer({ min: 1, max: 99_999_999 }),
    currency: fc.constantFrom('usd', 'eur', 'jpy'),
  }),
  share: fc.constantFrom(1, 1, 0.5),
});

export interface Deliveries {
  /** As they happened. */
  readonly inOrder: readonly NewEvent[];
  /** The same events in any order, some more than once. */
  readonly anyhow: readonly NewEvent[];
}

/** @param name makes the charges of one run differ from those of another in the same database */
export const deliveries = (name: () => string): fc.Arbitrary<Deliveries> =>
  fc
    .array(plan, { minLength: 1, maxLength: 6 })
    .map((plans) => {
      const prefix = name();
      return plans.flatMap((each, index) => historyOf(`ch_${prefix}${index}`, `acct_${prefix}${index % 2}`, each));
    })
    .chain((inOrder) =>
      fc
        .tuple(
          fc.shuffledSubarray([...inOrder], { minLength: inOrder.length, maxLength: inOrder.length }),
          fc.array(fc.constantFrom(...inOrder), { maxLength: inOrder.length }),
          fc.infiniteStream(fc.nat(20)),
        )
        .map(([shuffled, again, places]) => {
          const anyhow = [...shuffled];
          for (const event of again) anyhow.splice(places.next().value! % (anyhow.length + 1), 0, event);
          return { inOrder, anyhow };
        }),
    );
