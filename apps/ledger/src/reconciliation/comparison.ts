import type { Instant } from '#clock';
import type { bankProtocol, Movement } from '#contracts';
import { differenceId, type Difference, type DifferenceKind } from './difference.js';

/** An entry of a bank's statement. */
export interface StatedEntry {
  readonly seq: number;
  readonly bankId: string;
  readonly kind: bankProtocol.EntryKind;
  readonly reference: string;
  readonly account: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly of: string | null;
  readonly reverses: string | null;
  /** When it arrived here, on the database's clock. */
  readonly receivedAt: Instant;
}

/** A transfer that mirrors a bank's movement. */
export interface BookedTransfer {
  readonly effect: string;
  readonly resolves: string | null;
  readonly debit: string;
  readonly credit: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** The bank id of that movement. */
  readonly bankId: string | null;
  /** A time at which it was committed; null while that is uncertain. */
  readonly knownAt: Instant | null;
}

/** The entries and transfers of one charge at one bank. */
export interface TwoAccounts {
  readonly bank: bankProtocol.BankName;
  readonly chargeId: string;
  readonly entries: readonly StatedEntry[];
  /** The charge's transfers at all banks. */
  readonly transfers: readonly BookedTransfer[];
  /** When the bank's statement was last read to the end; null if never. */
  readonly completeAt: Instant | null;
  readonly now: Instant;
  /** The grace period: how far either side may lag, including clock skew. */
  readonly graceMs: number;
}

export interface PossibleDifference {
  readonly difference: Difference;
  /** False within the grace period. */
  readonly due: boolean;
}

/**
 * The state of a movement on one side. `spent`: an authorization that was captured; the capture is compared instead.
 *
 *     bank ╲ books │ none                stands            spent             undone
 *     ─────────────┼─────────────────────────────────────────────────────────────────────
 *     none         │ –                   unknown_to_bank   unknown_to_bank   –
 *     stands       │ unknown_to_ledger   (amounts)         (amounts)         unknown_to_ledger
 *     spent        │ –                   (amounts)         (amounts)         –
 *     undone       │ –                   undone_at_bank    –                 –
 */
export type MovementState = 'none' | 'stands' | 'spent' | 'undone';

/** Finds all differences. Pure. */
export function compare(accounts: TwoAccounts): PossibleDifference[] {
  const { entries } = accounts;
  const booked = bookedAt(accounts);
  const ids = new Set([
    ...entries.filter(isMovement).map(({ bankId }) => bankId),
    ...booked.flatMap(({ bankId }) => bankId ?? []),
  ]);
  return [...ids].flatMap((bankId) => findingAbout(bankId, accounts, booked) ?? []);
}

/** How a difference ended. */
export type Resolution =
  /** The bank undid it. */
  | 'undone_at_bank'
  /** An authorization that was captured; the capture is compared instead. */
  | 'captured'
  /** The books have it now. */
  | 'booked'
  /** The bank's statement has it now. */
  | 'stated'
  /** An operator corrected the books. */
  | 'corrected';

export function resolutionOf(kind: DifferenceKind, bankId: string, accounts: TwoAccounts): Resolution {
  const atBank = fateAtBank(bankId, accounts.entries).fate;
  if (kind === 'unknown_to_bank') return atBank === 'none' ? 'corrected' : 'stated';
  if (kind === 'amount_differs') return atBank === 'undone' ? 'undone_at_bank' : 'corrected';
  if (kind === 'undone_at_bank') return 'booked';
  if (atBank === 'undone') return 'undone_at_bank';
  return fateInBooks(bankId, bookedAt(accounts)).fate === 'none' ? 'captured' : 'booked';
}

function findingAbout(
  bankId: string,
  accounts: TwoAccounts,
  booked: readonly BookedTransfer[],
): PossibleDifference | undefined {
  const { entries } = accounts;
  const atBank = fateAtBank(bankId, entries);
  const inBooks = fateInBooks(bankId, booked);
  const { entry } = atBank;
  const { transfer } = inBooks;

  if (!entry) {
    if (!transfer || inBooks.fate === 'undone') return undefined;
    return { difference: fromBooks(transfer, bankId, accounts), due: mustBeStated(transfer, accounts) };
  }
  const found = (kind: DifferenceKind, due: boolean): PossibleDifference => ({
    difference: fromBank(kind, entry, entries, accounts),
    due,
  });
  if (!transfer)
    return atBank.fate === 'stands' ? found('unknown_to_ledger', mustBeBooked(entry, accounts)) : undefined;
  if (atBank.fate === 'undone')
    return inBooks.fate === 'stands' ? found('undone_at_bank', mustBeBooked(atBank.by!, accounts)) : undefined;
  if (inBooks.fate === 'undone')
    return atBank.fate === 'stands' ? found('unknown_to_ledger', mustBeStated(inBooks.by!, accounts)) : undefined;
  const alike = entry.amountMinor === transfer.amountMinor && entry.currency === transfer.currency;
  return alike ? undefined : found('amount_differs', true);
}

/** The entry arrived before the grace period, so the books must have it. */
const mustBeBooked = ({ receivedAt }: StatedEntry, { now, graceMs }: TwoAccounts): boolean =>
  receivedAt + graceMs <= now;

/** The transfer was committed a grace period before the statement was read to the end, so the statement must have it. */
const mustBeStated = ({ knownAt }: BookedTransfer, { completeAt, graceMs }: TwoAccounts): boolean =>
  knownAt !== null && completeAt !== null && knownAt + graceMs <= completeAt;

function fateAtBank(
  bankId: string,
  entries: readonly StatedEntry[],
): { fate: MovementState; entry?: StatedEntry; by?: StatedEntry } {
  const entry = entries.find((each) => each.bankId === bankId);
  if (!entry) return { fate: 'none' };
  const by = undoingOf(entry, entries);
  if (by) return { fate: 'undone', entry, by };
  const captured = entries.some(
    (each) => each.kind === 'capture' && each.of === bankId && undoingOf(each, entries) === undefined,
  );
  return { fate: entry.kind === 'authorization' && captured ? 'spent' : 'stands', entry };
}

const undoingOf = ({ bankId }: StatedEntry, entries: readonly StatedEntry[]): StatedEntry | undefined =>
  entries.find(
    ({ kind, of, reverses }) => (kind === 'void' && of === bankId) || (kind === 'reversal' && reverses === bankId),
  );

function fateInBooks(
  bankId: string,
  booked: readonly BookedTransfer[],
): { fate: MovementState; transfer?: BookedTransfer; by?: BookedTransfer } {
  const transfer = booked.find((each) => each.bankId === bankId);
  if (!transfer) return { fate: 'none' };
  const resolved = booked.find(({ resolves }) => resolves === transfer.effect);
  if (resolved?.effect === 'capture') return { fate: 'spent', transfer };
  const by = resolved ?? booked.find(({ effect }) => effect === `stray_undone:${bankId}`);
  return by && by !== transfer ? { fate: 'undone', transfer, by } : { fate: 'stands', transfer };
}

const receivableOf = (bank: string): string => `bank_receivable:${bank}:`;

function bookedAt({ bank, entries, transfers }: TwoAccounts): BookedTransfer[] {
  const booked = transfers.filter(({ debit, credit }) =>
    [debit, credit].some((account) => account.startsWith(receivableOf(bank))),
  );
  const named = new Set(booked.map(({ bankId }) => bankId));
  return booked.map((transfer) => {
    const kind = transfer.bankId === null ? mirrored[transfer.effect] : undefined;
    const [entry, ...others] = entries.filter(
      (each) => each.kind === kind && !named.has(each.bankId) && undoingOf(each, entries) === undefined,
    );
    return entry && others.length === 0 ? { ...transfer, bankId: entry.bankId } : transfer;
  });
}

/**
 * Transfers without a bank id, from older versions or from older instances during a rolling upgrade. One matches the
 * only unmatched standing entry of its kind; with several the match would be ambiguous.
 */
const mirrored: Readonly<Record<string, bankProtocol.EntryKind>> = {
  hold: 'authorization',
  capture: 'capture',
  unmatched_capture: 'capture',
};

const isMovement = ({ kind }: StatedEntry): boolean => kind !== 'void' && kind !== 'reversal';

function fromBank(
  kind: DifferenceKind,
  entry: StatedEntry,
  entries: readonly StatedEntry[],
  { bank, chargeId }: TwoAccounts,
): Difference {
  const { bankId, reference, account, amountMinor, currency } = entry;
  const movement = movementOf(entry, entries);
  return {
    id: differenceId(bank, bankId, kind),
    kind,
    bank,
    movement,
    chargeId,
    account,
    bankId,
    reference,
    amountMinor,
    currency,
  };
}

/** A void or a reversal has the movement of its target. */
function movementOf({ kind, of, reverses }: StatedEntry, entries: readonly StatedEntry[]): Movement {
  if (kind !== 'void' && kind !== 'reversal') return kind;
  const target = entries.find(({ bankId }) => bankId === (of ?? reverses));
  return target ? movementOf(target, []) : 'authorization';
}

function fromBooks(transfer: BookedTransfer, bankId: string, { bank, chargeId }: TwoAccounts): Difference {
  const { amountMinor, currency, debit, credit } = transfer;
  const merchant = [debit, credit].find((account) => account.startsWith('merchant:'));
  return {
    id: differenceId(bank, bankId, 'unknown_to_bank'),
    kind: 'unknown_to_bank',
    bank,
    movement: bookedMovement(transfer),
    chargeId,
    account: merchant?.split(':')[1] ?? '',
    bankId,
    reference: null,
    amountMinor,
    currency,
  };
}

/** A transfer that raises the receivable is a capture, one that lowers it a refund. */
function bookedMovement({ effect, debit }: BookedTransfer): Movement {
  if (effect === 'hold') return 'authorization';
  const owesMore = debit.startsWith('bank_receivable:');
  return owesMore !== effect.startsWith('stray_undone:') ? 'capture' : 'refund';
}
