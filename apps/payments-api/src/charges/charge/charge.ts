import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import type { CancellationCause, HoldRefusal, ReleaseCause } from '#contracts';
import type { Money } from '#money';
import {
  endRefund,
  type LedgerRefundOutcome,
  type ChargeRefund,
  type RefundEnd,
  type RefundOpening,
  type RequestedRefund,
} from './refund.js';
import {
  addRefund,
  changeRefund,
  noRefunds,
  refundedMinor,
  withoutRest,
  type RefundsOfCharge,
} from './refunds-of-charge.js';
import type { Shipping } from '../../protocol/shipping.js';
import type { BillingDetails } from '../../protocol/contact-parameters.js';
import type { PaymentInstrument } from '../../test-cards/instrument.js';
import { noAuthorization, type RequestedCapture, type ManualAuthorization } from './manual-authorization.js';

/** What is fixed when a charge is opened. */
export interface Opening {
  readonly id: string;
  readonly account: string;
  readonly amount: Money;
  /** Absent: captured as soon as it is authorized. */
  readonly capture?: 'manual';
  readonly instrument: PaymentInstrument;
  /** The account's own time. */
  readonly openedAt: Instant;
  readonly statementDescriptor: string | null;
  readonly statementDescriptorSuffix: string | null;
  readonly customer: string | null;
  readonly paymentIntent: string | null;
  /** The stored card or payment method. Absent: a card that exists in this charge alone. */
  readonly paymentMethod?: string;
  /** Of the stored payment method, at the time of the charge. Absent: those of the card. */
  readonly billing?: BillingDetails;
}

/** Fields that the merchant may update at any time; no decision about money reads them. */
export interface ChargeDetails {
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly receiptEmail: string | null;
  readonly shipping: Shipping | null;
  readonly transferGroup: string | null;
  readonly fraudReport: 'fraudulent' | 'safe' | null;
}

/** The event stream of a charge: requests of the merchant or of time, and outcomes that other services report. */
export type ChargeEvent = MerchantEvent | ServiceEvent;

export type MerchantEvent =
  | { readonly type: 'opened'; readonly opening: Opening; readonly details: ChargeDetails }
  | { readonly type: 'updated'; readonly changes: Partial<ChargeDetails> }
  | { readonly type: 'capture_requested'; readonly capture: RequestedCapture }
  | {
      readonly type: 'cancellation_requested';
      readonly cause: CancellationCause;
      /** Null when the authorization lapses: only a merchant's cancellation has a refund. */
      readonly refund: Asked | null;
    }
  | ({ readonly type: 'refund_requested' } & Asked)
  | { readonly type: 'refund_updated'; readonly refundId: string; readonly metadata: ChargeRefund['metadata'] };

interface Asked {
  readonly opening: RequestedRefund;
  readonly metadata: ChargeRefund['metadata'];
}

export type ServiceEvent =
  | { readonly type: 'authorized'; readonly at: Instant }
  | { readonly type: 'cancellation_refused' }
  | { readonly type: 'refund_ended'; readonly refundId: string; readonly end: LedgerRefundOutcome }
  | (ChargeOutcome & {
      /** The refund of what was not captured. Events of before there were such refunds have none. */
      readonly rest?: RefundOpening;
    });

/** The terminal outcomes of a charge. */
export type ChargeOutcome = PostedOutcome | FailedOutcome;
export interface PostedOutcome {
  readonly type: 'posted';
  /** The captured amount: all that was authorized, or a part. */
  readonly amount: Money;
  readonly fee: Money;
  readonly availableOn: Instant;
  readonly postedAt: Instant;
  readonly balanceTransactionId: string;
}
export interface ReleasedOutcome {
  readonly type: 'released';
  readonly cause: ReleaseCause;
  readonly holdRefusal: HoldRefusal | null;
  readonly refusalCode: string | null;
}
export type FailedOutcome =
  | { readonly type: 'declined'; readonly code: string }
  | { readonly type: 'failed'; readonly reason: string }
  | ReleasedOutcome;

interface Written {
  readonly opening: Opening;
  readonly details: ChargeDetails;
  /** Null when it is captured as soon as it is authorized. */
  readonly hold: ManualAuthorization | null;
  readonly refunds: RefundsOfCharge;
}
export type UnsettledCharge = { readonly state: 'requested' | 'authorized'; readonly ending: null } & Written;
export type SettledCharge =
  | ({ readonly state: 'succeeded'; readonly ending: PostedOutcome } & Written)
  | ({ readonly state: 'failed'; readonly ending: FailedOutcome } & Written)
  /** The authorization was voided before a capture, by the merchant or by its lapse. */
  | ({ readonly state: 'canceled'; readonly ending: ReleasedOutcome } & Written);
export type OpenedCharge = UnsettledCharge | SettledCharge;
/** One charge as its merchant sees it: the fold of its event stream. */
export type Charge = { readonly state: 'none' } | OpenedCharge;

/**
 * A charge ends once. If two outcomes ever contradicted each other, the row must not depend on their order:
 * the outcome that is nearer to moving money wins.
 */
const weight: Record<ChargeOutcome['type'], number> = { failed: 1, declined: 2, released: 3, posted: 4 };

/**
 * Folds one event into a charge. Pure, so that the row can be rebuilt from its stream.
 *
 * @returns the same object when the event is a duplicate
 */
export function evolve(charge: Charge, event: ChargeEvent): Charge {
  if (event.type === 'opened') {
    assert(charge.state === 'none', 'a charge is opened once');
    const { opening, details } = event;
    const hold = opening.capture === 'manual' ? noAuthorization : null;
    return { state: 'requested', opening, details, hold, ending: null, refunds: noRefunds };
  }
  assert(charge.state !== 'none', `${event.type} came for a charge that was never opened`);
  switch (event.type) {
    case 'updated':
      return { ...charge, details: { ...charge.details, ...event.changes } };
    case 'authorized':
      return holdOf(charge).authorizedAt === null ? withHold(charge, { authorizedAt: event.at }) : charge;
    case 'capture_requested':
      assert(holdOf(charge).capture === null, 'an authorization is captured once');
      return withHold(charge, { capture: event.capture });
    case 'cancellation_requested': {
      assert(holdOf(charge).cancellation === null, 'an authorization is canceled once');
      const { cause, refund } = event;
      const cancellation = { cause, refundId: refund?.opening.id ?? null, refused: false };
      const refunds = refund ? addRefund(charge.refunds, refundOf(refund, 'authorization')) : charge.refunds;
      return withHold({ ...charge, refunds }, { cancellation });
    }
    case 'cancellation_refused': {
      const { cancellation } = holdOf(charge);
      assert(cancellation, 'a cancellation is refused after it was asked for');
      return cancellation.refused ? charge : withHold(charge, { cancellation: { ...cancellation, refused: true } });
    }
    case 'refund_requested':
      return withRefunds(charge, addRefund(charge.refunds, refundOf(event, 'capture')));
    case 'refund_updated':
      return withRefund(charge, event.refundId, (refund) => ({ ...refund, metadata: event.metadata }));
    case 'refund_ended':
      return withRefund(charge, event.refundId, (refund) => endRefund(refund, event.end));
    case 'posted':
    case 'declined':
    case 'failed':
    case 'released':
      return charge.ending && weight[event.type] <= weight[charge.ending.type] ? charge : endedBy(charge, event);
  }
}

function endedBy(
  charge: OpenedCharge,
  { rest, ...ending }: Extract<ServiceEvent, { type: ChargeOutcome['type'] }>,
): OpenedCharge {
  if (ending.type === 'posted') checkPosted(charge, ending);
  // An outcome that replaces another replaces its rest, too.
  const before = charge.ending ? withoutRest(charge.refunds) : charge.refunds;
  const refunds = rest
    ? addRefund(before, { opening: rest, metadata: {}, of: 'authorization', end: { type: 'canceled' } })
    : before;
  return settled({ ...charge, ending, refunds } as OpenedCharge);
}

function checkPosted({ opening, hold }: OpenedCharge, { amount }: PostedOutcome): void {
  if (!hold) assert.deepEqual(amount, opening.amount, 'an automatic capture posts the whole amount');
  assert(amount.currency === opening.amount.currency && amount.amountMinor <= opening.amount.amountMinor);
}

/** Derives the state, and the end of a refund that cancels the authorization. */
function settled(charge: OpenedCharge): OpenedCharge {
  const { ending, hold } = charge;
  const after = { ...charge, state: stateAfter(ending, hold) } as OpenedCharge;
  const refundId = hold?.cancellation?.refundId;
  if (!refundId) return after;
  const end = endOfCancellation(ending, hold.cancellation.refused);
  return withRefund(after, refundId, (refund) => ({ ...refund, end }));
}

function stateAfter(ending: ChargeOutcome | null, hold: ManualAuthorization | null): OpenedCharge['state'] {
  if (!ending) return hold && hold.authorizedAt !== null ? 'authorized' : 'requested';
  if (ending.type === 'posted') return 'succeeded';
  return wasCanceled(ending) ? 'canceled' : 'failed';
}

function endOfCancellation(ending: ChargeOutcome | null, refused: boolean): RefundEnd | null {
  if (ending && wasCanceled(ending)) return { type: 'canceled' };
  if (ending?.type === 'posted' || (!ending && refused)) return { type: 'not_canceled', because: 'captured' };
  return ending && { type: 'not_canceled', because: 'failed' };
}

const wasCanceled = (ending: ChargeOutcome): boolean =>
  ending.type === 'released' && (ending.cause === 'canceled' || ending.cause === 'expired');

function holdOf({ hold }: OpenedCharge): ManualAuthorization {
  assert(hold, 'a charge that is captured at once leaves its merchant nothing to decide');
  return hold;
}

function withHold(charge: OpenedCharge, changes: Partial<ManualAuthorization>): OpenedCharge {
  return settled({ ...charge, hold: { ...holdOf(charge), ...changes } });
}

function refundOf({ opening, metadata }: Asked, of: ChargeRefund['of']): ChargeRefund {
  return { opening, metadata, of, end: null };
}

function withRefund(charge: OpenedCharge, id: string, change: (refund: ChargeRefund) => ChargeRefund): OpenedCharge {
  return withRefunds(charge, changeRefund(charge.refunds, id, change));
}

function withRefunds(charge: OpenedCharge, refunds: RefundsOfCharge): OpenedCharge {
  if (refunds === charge.refunds) return charge;
  if (charge.ending?.type === 'posted') {
    const { amountMinor } = charge.ending.amount;
    assert(refundedMinor(refunds) <= amountMinor, `refunds of ${charge.opening.id} exceed what was captured`);
  }
  return { ...charge, refunds };
}

/** @returns undefined for the charge of another account, as if it did not exist */
export function ownCharge(charge: Charge, account: string): OpenedCharge | undefined {
  return charge.state !== 'none' && charge.opening.account === account ? charge : undefined;
}
