import type { Instant } from '#clock';
import { ledger, type bankProtocol, type Movement, type NewEvent } from '#contracts';
import { isCurrency } from '#money';

export type DifferenceKind = ledger.DifferenceFound['kind'];

/** One movement on which a bank's statement and the ledger disagree. */
export interface Difference {
  /** A natural key, the same at every comparison. */
  readonly id: string;
  readonly kind: DifferenceKind;
  readonly bank: bankProtocol.BankName;
  readonly movement: Movement;
  /** The bank's or the ledger's name of the charge. */
  readonly chargeId: string;
  readonly account: string;
  readonly bankId: string;
  /** Null if the bank does not have the movement. */
  readonly reference: string | null;
  readonly amountMinor: number;
  readonly currency: string;
}

export const differenceId = (bank: string, bankId: string, kind: DifferenceKind): string => `${bank}.${bankId}.${kind}`;

/**
 * The event of a difference. Each repetition has another event id.
 *
 * @returns undefined for a currency that this system does not support: only operators see that difference
 */
export function differenceFound(difference: Difference, repetition: number): NewEvent | undefined {
  const { id, kind, bank, movement, chargeId, account, bankId, reference, amountMinor, currency } = difference;
  if (!isCurrency(currency)) return undefined;
  return ledger.differenceFound({
    differenceId: id,
    ...(repetition > 0 && { repetition }),
    kind,
    bank,
    movement,
    chargeId,
    account,
    bankId: kind === 'unknown_to_bank' ? null : bankId,
    reference,
    amount: { amountMinor, currency },
  });
}

const SAY_AGAIN = { afterMs: 15_000, atMostMs: 10 * 60_000 };

/** When an open difference is emitted again. */
export const reportAgainAt = (now: Instant, repetition: number): Instant =>
  now + Math.min(SAY_AGAIN.atMostMs, SAY_AGAIN.afterMs * 2 ** Math.min(repetition, 20));
