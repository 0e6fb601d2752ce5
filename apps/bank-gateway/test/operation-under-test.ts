import type { BankCallResult } from '#bank-call';
import { bankProtocol } from '#contracts';
import { appendAttempt, recordAttempts } from '../src/authorizations/authorization/attempt.js';
import {
  openOperation,
  openRefund,
  type MovementOrder,
  type Operation,
  type SlotKind,
} from '../src/authorizations/authorization/operation.js';
import type { BankConditions } from '../src/authorizations/authorization/next-action.js';

export const { alder, birch, cedar, dogwood } = bankProtocol.bankProfiles;
export const everyBank: readonly bankProtocol.BankProfile[] = Object.values(bankProtocol.bankProfiles);

/** Noon, on the bank's clock. Times in the tests are in ms after it. */
export const noon = 1_800_000_000_000;
export const validForMs = 3_000;

/** Without jitter: the n-th retry is due after n seconds. */
export function moment(atMs = 0, given: { breakerOpen?: boolean } = {}): BankConditions {
  const { breakerOpen = false } = given;
  return { bankNow: noon + atMs, breakerOpen, delayMs: (reattempt) => reattempt * 1_000 };
}

export const times = (atMs = 0) => ({ begunAt: noon + atMs, validUntil: noon + atMs + validForMs });

export const approved = answered({ state: 'approved', bankId: 'au_1' });
export const captured = answered({ state: 'captured', bankId: 'cp_1' });
export const voided = answered({ state: 'voided', bankId: 'vd_1' });
export const refunded = answered({ state: 'refunded', bankId: 'rf_1' });
export const declined = answered({ state: 'declined', bankId: 'no_1', code: 'lost_card' });
export const refused = answered({ state: 'refused', bankId: 'no_1', code: 'refused_by_bank' });
export const timedOut = { kind: 'doubt', reason: 'timeout' } as const;
export const notProcessed = { kind: 'not_processed', reason: 'not_processed' } as const;
export const malformed = { kind: 'not_processed', reason: 'malformed' } as const;
export const yes = { authorize: approved, capture: captured, void: voided, refund: refunded } as const;
export const no = { authorize: declined, capture: refused, void: refused, refund: refused } as const;

export function answered(answer: Record<string, unknown>): BankCallResult<MovementOrder> & { kind: 'answered' } {
  return { kind: 'answered', answer: { asOf: noon, now: noon, ...answer } } as BankCallResult<MovementOrder> & {
    kind: 'answered';
  };
}

export const notFound = (asOfMs: number) =>
  ({ kind: 'answered', answer: { state: 'not_found', asOf: noon + asOfMs, now: noon + asOfMs } }) as const;

export function found(...performances: Partial<bankProtocol.Performance>[]) {
  const whole = performances.map((performance, index): bankProtocol.Performance => {
    const bankId = `found_${index + 1}`;
    return {
      seq: index + 1,
      bankId,
      kind: 'authorization',
      reference: 'ch_1.authorize',
      account: 'acct_1',
      chargeId: 'ch_1',
      amountMinor: 1_000,
      currency: 'usd',
      at: noon,
      ...performance,
    };
  });
  return { kind: 'answered', answer: { state: 'found', performances: whole, asOf: noon, now: noon } } as const;
}

export function reversal(answer: Record<string, unknown>) {
  const whole = {
    bankId: 'rv_1',
    reversals: [],
    asOf: noon,
    now: noon,
    ...answer,
  } as unknown as bankProtocol.ReverseAnswer;
  return { kind: 'answered', answer: whole } as const;
}

/** A new operation of ten dollars for `ch_1`; the refund is `re_1`. */
export function opened(kind: SlotKind | 'refund', bank: bankProtocol.BankName): Operation {
  return kind === 'refund' ? openRefund('ch_1.refund.re_1', bank, 1_000) : openOperation(kind, bank, 'ch_1', 1_000);
}

/** An operation with attempts of these outcomes, a second apart; null is in flight. */
export function operation(
  kind: SlotKind | 'refund',
  bank: bankProtocol.BankProfile,
  ...outcomes: readonly (BankCallResult<MovementOrder> | null)[]
): Operation {
  let current = opened(kind, bank.name);
  for (const [index, outcome] of outcomes.entries()) {
    const atMs = index * 1_000;
    current = appendAttempt(current, times(atMs));
    if (outcome) current = report(current, bank, outcome, { atMs });
  }
  return current;
}

/** Records the result of one attempt, by default of the last. */
export function report(
  current: Operation,
  bank: bankProtocol.BankProfile,
  outcome: BankCallResult<MovementOrder>,
  options: { atMs?: number; attempt?: number; breakerOpen?: boolean } = {},
): Operation {
  const { atMs = 0, attempt = current.attempts.length, breakerOpen = false } = options;
  const attemptId = `${current.reference}.${attempt}`;
  return recordAttempts(current, bank, [{ attemptId, outcome }], moment(atMs, { breakerOpen }));
}

export const outcomesOf = (current: Operation): string[] => current.attempts.map(({ outcome }) => outcome);
