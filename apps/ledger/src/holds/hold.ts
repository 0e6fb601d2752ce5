import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import { ledger, type bank, type bankProtocol, type HoldRefusal, type NewEvent, type ReleaseCause } from '#contracts';
import { feeOn, type Money } from '#money';
import type { AggregateType } from '#saga';
import type { AccountLimits } from '../accounts/account-limits.js';
import { bankReceivable, fees, merchant, suspense } from '../accounts/account.js';
import { transfer, type Transfer } from '../transfers/transfer.js';

/** The charge, its account and its bank. */
interface Parties {
  readonly chargeId: string;
  readonly account: string;
  readonly bank: bankProtocol.BankName;
}

interface Approved extends Parties {
  readonly amount: Money;
  readonly capture: bank.AuthorizationApproved['capture'];
}

/** A capture with its bank id. */
export interface BankCapture {
  readonly amount: Money;
  readonly bankCaptureId: string;
}

export interface SuspendedCapture {
  /** A capture of a charge that had ended: in suspense until the bank has refunded it. */
  readonly suspended:
    | (BankCapture & { /** The bank's id of the refund that gave it back. */ readonly compensatedBy: string | null })
    | null;
}

/**
 * The state machine of a hold.
 *
 *     none ─▶ pending ─▶ posted
 *       │        └─────▶ released        released: nothing is held; the charge ended without money
 *       ├─▶ refused ───▶ released
 *       ├─▶ released                     voided before its approval arrived
 *       └─▶ unmatched ─▶ posted          captured before its approval arrived; in suspense until then
 *               └──────▶ released        captured and voided before its approval arrived
 *
 * A refused or released hold may have a suspended capture, which is compensated at the bank, and then here.
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
  /** New transfers, which the repository saves together with the state. */
  readonly moves: readonly Transfer[];
};

type In<State extends Hold['state']> = Extract<Hold, { state: State }>;

/** The initial state. */
export const noHold = (chargeId: string): In<'none'> => ({ state: 'none', chargeId, moves: [] });

/** A charge has one hold. The account selects the limits. */
export interface HoldKey {
  readonly chargeId: string;
  readonly account: string;
}

interface Because {
  /** The id of the event. */
  readonly cause: string;
  readonly now: Instant;
}

/** Writes a pending transfer from the bank's receivable to the merchant. */
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

/** Posts the captured part to the merchant, less the fee. The rest of the hold is released. */
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

/** Voids a pending hold. A refused one has no transfer to void. */
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

/** Posts a capture whose approval has not arrived to suspense. */
export function keepUnmatched(hold: In<'none'>, capture: bank.CaptureSucceeded, because: Because): In<'unmatched'> {
  const { chargeId, account, bank, amount, bankCaptureId } = capture;
  const moves = [...hold.moves, unmatchedCapture(capture, because)];
  return { state: 'unmatched', chargeId, account, bank, captured: { amount, bankCaptureId }, moves };
}

/** Posts a capture of an ended charge to suspense, until the bank has refunded it. */
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

/** Takes a compensated capture out of suspense. */
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

/** The approval of an earlier capture: moves it from suspense to the merchant. It is too late to refuse. */
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

/** Posts the captured amount to the merchant, and the fee from it. */
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

/** When a posting becomes available: the first midnight in UTC after two days. */
const availableFrom = (postedAt: Instant): Instant => Math.ceil(postedAt / DAY_MS + 2) * DAY_MS;

/** `hold_placed` for an automatic capture, `charge_authorized` for a manual one. */
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

/** `capture_suspended`, if a capture is in suspense and not compensated yet. */
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

/** The decisions' context is the limits of the account. */
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
