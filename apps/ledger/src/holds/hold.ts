import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import { ledger, type bank, type bankProtocol, type HoldRefusal, type NewEvent, type ReleaseCause } from '#contracts';
import { feeOn, type Money } from '#money';
import type { AggregateType } from '#saga';
import type { AccountLimits } from '../accounts/account-limits.js';
import { bankReceivable, fees, merchant, suspense } from '../accounts/account.js';
import { transfer, type Transfer } from '../transfers/transfer.js';

/** Whose charge it is, and at which bank. */
interface Parties {
  readonly chargeId: string;
  readonly account: string;
  readonly bank: bankProtocol.BankName;
}

interface Approved extends Parties {
  readonly amount: Money;
  readonly capture: bank.AuthorizationApproved['capture'];
}

/** What the bank captured, under its own id. */
export interface BankCapture {
  readonly amount: Money;
  readonly bankCaptureId: string;
}

export interface SuspendedCapture {
  /** What the bank captured although the charge had ended here: in suspense until it is given back there. */
  readonly suspended:
    | (BankCapture & { /** The bank's id of the refund that gave it back. */ readonly compensatedBy: string | null })
    | null;
}

/**
 * The whole life of a hold: what the books know of one charge.
 *
 *     none ─▶ pending ─▶ posted
 *       │        └─────▶ released        released: nothing is held; the charge ended without money
 *       ├─▶ refused ───▶ released
 *       ├─▶ released                     given back before its approval was seen; the approval comes too late
 *       └─▶ unmatched ─▶ posted          captured before its approval was seen; in suspense until then
 *               └──────▶ released        captured all the same, and given back before its approval was seen
 *
 * Beside a refused or released hold a capture may be suspended: it is compensated at the bank, and then here.
 */
export type Hold = (
  | { readonly state: 'none'; readonly chargeId: string }
  | ({ readonly state: 'pending'; readonly placedAt: Instant } & Approved)
  | ({
      readonly state: 'posted';
      readonly posted: Money;
      readonly fee: Money;
      readonly postedAt: Instant;
    } & Approved)
  | ({ readonly state: 'refused'; readonly reason: HoldRefusal } & Approved & SuspendedCapture)
  | ({
      readonly state: 'released';
      readonly cause: ReleaseCause;
      readonly holdRefusal: HoldRefusal | null;
      readonly refusalCode: string | null;
    } & Parties &
      SuspendedCapture)
  | ({ readonly state: 'unmatched'; readonly captured: BankCapture } & Parties)
) & {
  /** Transfers decided on and not yet saved: the repository writes them together with the state. */
  readonly moves: readonly Transfer[];
};

type In<State extends Hold['state']> = Extract<Hold, { state: State }>;

/** Where a charge begins in the books. */
export const noHold = (chargeId: string): In<'none'> => ({ state: 'none', chargeId, moves: [] });

/** One hold for each charge; the account says under whose limits it is placed. */
export interface HoldKey {
  readonly chargeId: string;
  readonly account: string;
}

interface Because {
  /** The id of the event. */
  readonly cause: string;
  readonly now: Instant;
}

/** The amount is pending for the merchant. */
export function place(
  hold: In<'none'>,
  approved: Approved & { readonly bankAuthorizationId: string },
  { cause, now }: Because,
): In<'pending'> {
  const { chargeId, account, bank, amount, capture, bankAuthorizationId } = approved;
  const pending = transfer({
    effect: 'hold',
    kind: 'pending',
    debit: bankReceivable(bank, amount.currency),
    credit: merchant(account, amount.currency),
    amount,
    cause,
    at: now,
    bankId: bankAuthorizationId,
  });
  return {
    state: 'pending',
    chargeId,
    account,
    bank,
    amount,
    capture,
    placedAt: now,
    moves: [...hold.moves, pending],
  };
}

export function refuse(hold: In<'none'>, approved: Approved, reason: HoldRefusal): In<'refused'> {
  const { chargeId, account, bank, amount, capture } = approved;
  return { state: 'refused', chargeId, account, bank, amount, capture, reason, suspended: null, moves: hold.moves };
}

/** The captured part is the merchant's, less the fee; what was held beyond it is let go. */
export function post(
  hold: In<'pending'>,
  { amount: captured, bankCaptureId }: BankCapture,
  { cause, now }: Because,
): In<'posted'> {
  assert.equal(captured.currency, hold.amount.currency, 'captured in another currency than was held');
  assert(captured.amountMinor <= hold.amount.amountMinor, 'captured more than was held');
  const posted = transfer({
    effect: 'capture',
    kind: 'post',
    resolves: 'hold',
    debit: bankReceivable(hold.bank, captured.currency),
    credit: merchant(hold.account, captured.currency),
    amount: captured,
    cause,
    at: now,
    bankId: bankCaptureId,
  });
  return settled(hold, [...hold.moves, posted], captured, { cause, now });
}

/** Nothing is held any more: a pending hold is voided, a refused one never held anything. */
export function release(
  hold: In<'none' | 'pending' | 'refused' | 'unmatched'>,
  voided: bank.AuthorizationVoided,
  { cause, now }: Because,
): In<'released'> {
  const { chargeId, account, bank } = voided;
  const moves =
    hold.state === 'pending'
      ? [
          ...hold.moves,
          transfer({
            effect: 'release',
            kind: 'void',
            resolves: 'hold',
            debit: bankReceivable(hold.bank, hold.amount.currency),
            credit: merchant(hold.account, hold.amount.currency),
            amount: hold.amount,
            cause,
            at: now,
          }),
        ]
      : hold.moves;
  return {
    state: 'released',
    chargeId,
    account,
    bank,
    cause: voided.cause,
    holdRefusal: hold.state === 'refused' ? hold.reason : null,
    refusalCode: voided.refusalCode,
    suspended: suspendedBy(hold),
    moves,
  };
}

function suspendedBy(hold: In<'none' | 'pending' | 'refused' | 'unmatched'>): SuspendedCapture['suspended'] {
  switch (hold.state) {
    case 'none':
    case 'pending':
      return null;
    case 'refused':
      return hold.suspended;
    case 'unmatched':
      return { ...hold.captured, compensatedBy: null };
  }
}

/** Captured before its approval was seen: nobody may be given the money yet, so it waits in suspense. */
export function keepUnmatched(hold: In<'none'>, capture: bank.CaptureSucceeded, because: Because): In<'unmatched'> {
  const { chargeId, account, bank, amount, bankCaptureId } = capture;
  const moves = [...hold.moves, unmatchedCapture(capture, because)];
  return { state: 'unmatched', chargeId, account, bank, captured: { amount, bankCaptureId }, moves };
}

/** Captured for a charge that had ended: in suspense until the bank has given it back. */
export function suspend<Ended extends In<'refused' | 'released'>>(
  hold: Ended,
  capture: bank.CaptureSucceeded,
  because: Because,
): Ended {
  const { amount, bankCaptureId } = capture;
  const moves = [...hold.moves, unmatchedCapture(capture, because)];
  return { ...hold, suspended: { amount, bankCaptureId, compensatedBy: null }, moves };
}

function unmatchedCapture(capture: bank.CaptureSucceeded, { cause, now }: Because): Transfer {
  const { bank, amount, bankCaptureId } = capture;
  return transfer({
    effect: 'unmatched_capture',
    kind: 'single',
    debit: bankReceivable(bank, amount.currency),
    credit: suspense(bank, amount.currency),
    amount,
    cause,
    at: now,
    bankId: bankCaptureId,
  });
}

/** The bank gave back what it had captured for a charge that had ended: nothing is left in suspense. */
export function compensate<Ended extends In<'refused' | 'released'>>(
  hold: Ended,
  { amount, bankRefundId }: bank.CaptureCompensated,
  { cause, now }: Because,
): Ended {
  const { suspended } = hold;
  assert(suspended, 'the bank compensated a capture that is not in suspense');
  assert.deepEqual(amount, suspended.amount, 'the bank gave back another amount than it had captured');
  const compensation = transfer({
    effect: 'compensation',
    kind: 'single',
    debit: suspense(hold.bank, amount.currency),
    credit: bankReceivable(hold.bank, amount.currency),
    amount,
    cause,
    at: now,
    bankId: bankRefundId,
  });
  return { ...hold, suspended: { ...suspended, compensatedBy: bankRefundId }, moves: [...hold.moves, compensation] };
}

/**
 * The approval of what is captured already. It is too late to refuse: the money is there, and out of
 * suspense it becomes the merchant's.
 */
export function match(hold: In<'unmatched'>, approved: Approved, { cause, now }: Because): In<'posted'> {
  const { account, amount } = approved;
  const captured = hold.captured.amount;
  assert.equal(captured.currency, amount.currency, 'captured in another currency than was approved');
  assert(captured.amountMinor <= amount.amountMinor, 'captured more than was approved');
  const matched = transfer({
    effect: 'match',
    kind: 'single',
    debit: suspense(hold.bank, captured.currency),
    credit: merchant(account, captured.currency),
    amount: captured,
    cause,
    at: now,
  });
  return settled(approved, [...hold.moves, matched], captured, { cause, now });
}

/** What was captured has become the merchant's; the fee is taken from it. */
function settled(
  { chargeId, account, bank, amount, capture }: Approved,
  moves: readonly Transfer[],
  posted: Money,
  because: Because,
): In<'posted'> {
  const fee = feeFor(account, posted, because);
  return {
    state: 'posted',
    chargeId,
    account,
    bank,
    amount,
    capture,
    posted,
    fee: fee.amount,
    postedAt: because.now,
    moves: [...moves, fee],
  };
}

function feeFor(account: string, captured: Money, { cause, now }: Because): Transfer {
  return transfer({
    effect: 'fee',
    kind: 'single',
    debit: merchant(account, captured.currency),
    credit: fees(captured.currency),
    amount: feeOn(captured),
    cause,
    at: now,
  });
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** When a merchant may be paid out what is posted now: at the first midnight, in UTC, two days from then or later. */
const availableFrom = (postedAt: Instant): Instant => Math.ceil(postedAt / DAY_MS + 2) * DAY_MS;

/** An automatic capture may go on; of a manual one the merchant is told, who says when. */
export const holdPlaced = ({ chargeId, account, amount, capture, placedAt }: In<'pending'>): NewEvent =>
  capture === 'automatic'
    ? ledger.holdPlaced({ chargeId, account, amount, capture })
    : ledger.chargeAuthorized({ chargeId, account, amount, heldAt: placedAt });

export const holdRefused = ({ chargeId, account, reason }: In<'refused'>): NewEvent =>
  ledger.holdRefused({ chargeId, account, reason });

export const chargePosted = ({ chargeId, account, posted, fee, postedAt }: In<'posted'>): NewEvent =>
  ledger.chargePosted({
    chargeId,
    account,
    amount: posted,
    fee,
    postedAt,
    availableOn: availableFrom(postedAt),
    balanceTransactionId: `txn_${chargeId.slice('ch_'.length)}`,
  });

export const chargeReleased = ({ chargeId, account, cause, holdRefusal, refusalCode }: In<'released'>): NewEvent =>
  ledger.chargeReleased({ chargeId, account, cause, holdRefusal, refusalCode });

/** What is in suspense and was not given back yet: the bank has to. Nothing, or one event. */
export const captureSuspended = ({ chargeId, account, bank, suspended }: In<'refused' | 'released'>): NewEvent[] =>
  suspended && suspended.compensatedBy === null
    ? [
        ledger.captureSuspended({
          chargeId,
          account,
          amount: suspended.amount,
          bank,
          bankCaptureId: suspended.bankCaptureId,
        }),
      ]
    : [];

/** Decided under the limits of its account. */
export const holds: AggregateType<Hold, HoldKey, AccountLimits> = {
  kind: 'hold',
  keyName: ({ chargeId }) => chargeId,
  restate(hold) {
    switch (hold.state) {
      case 'none':
      case 'unmatched':
        return [];
      case 'pending':
        return [holdPlaced(hold)];
      case 'posted':
        return [chargePosted(hold)];
      case 'refused':
        return [holdRefused(hold), ...captureSuspended(hold)];
      case 'released':
        return [chargeReleased(hold), ...captureSuspended(hold)];
    }
  },
};
