import type { Instant } from '#clock';
import { ledger, type bankProtocol, type Movement, type NewEvent } from '#contracts';
import { isCurrency } from '#money';

export type DifferenceKind = ledger.DifferenceFound['kind'];

/** One movement about which a bank and the books do not agree. */
export interface Difference {
  /** Natural: the same difference has the same id, whoever finds it how often. */
  readonly id: string;
  readonly kind: DifferenceKind;
  readonly bank: bankProtocol.BankName;
  readonly movement: Movement;
  /** As the bank, or the books, name it. */
  readonly chargeId: string;
  readonly account: string;
  readonly bankId: string;
  /** Null when the bank knows nothing of it. */
  readonly reference: string | null;
  readonly amountMinor: number;
  readonly currency: string;
}

export const differenceId = (bank: string, bankId: string, kind: DifferenceKind): string => `${bank}.${bankId}.${kind}`;

/**
 * What is said of it, and by its repetition said anew under another id.
 *
 * @returns undefined for a currency that nobody here can have an amount in: that one is for a person alone
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

/** When a difference that still stands is said again. */
export const sayAgainAt = (now: Instant, repetition: number): Instant =>
  now + Math.min(SAY_AGAIN.atMostMs, SAY_AGAIN.afterMs * 2 ** Math.min(repetition, 20));
