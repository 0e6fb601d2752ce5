import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import { payments, type HoldRefusal, type NewEvent, type ReleaseCause } from '#contracts';
import type { Money } from '#money';
import type { Instrument } from '../test-cards/instrument.js';

/** What is fixed when a charge is opened. */
export interface Opening {
  readonly id: string;
  readonly account: string;
  readonly amount: Money;
  readonly instrument: Instrument;
  /** The account's own time. */
  readonly openedAt: Instant;
  readonly statementDescriptor: string | null;
  readonly statementDescriptorSuffix: string | null;
  readonly customer: string | null;
  readonly paymentIntent: string | null;
}

/** What a merchant may write on a charge at any time; no money hangs on it. */
export interface Details {
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly receiptEmail: string | null;
  readonly shipping: Shipping | null;
  readonly transferGroup: string | null;
  readonly fraudReport: 'fraudulent' | 'safe' | null;
}

export interface Shipping {
  readonly address: Readonly<Record<'city' | 'country' | 'line1' | 'line2' | 'postal_code' | 'state', string | null>>;
  readonly name: string;
  readonly carrier: string | null;
  readonly phone: string | null;
  readonly tracking_number: string | null;
}

export type ChargeEvent =
  | { readonly type: 'opened'; readonly opening: Opening; readonly details: Details }
  | { readonly type: 'updated'; readonly changes: Partial<Details> }
  | Ending;

/** How other services say that a charge is over. */
export type Ending = Posted | Failing;
export interface Posted {
  readonly type: 'posted';
  readonly amount: Money;
  readonly fee: Money;
  readonly availableOn: Instant;
  readonly postedAt: Instant;
  readonly balanceTransactionId: string;
}
export type Failing =
  | { readonly type: 'declined'; readonly code: string }
  | { readonly type: 'failed'; readonly reason: string }
  | {
      readonly type: 'released';
      readonly cause: ReleaseCause;
      readonly holdRefusal: HoldRefusal | null;
      readonly refusalCode: string | null;
    };

interface Written {
  readonly opening: Opening;
  readonly details: Details;
}
export type Requested = { readonly state: 'requested' } & Written;
export type Settled =
  | ({ readonly state: 'succeeded'; readonly ending: Posted } & Written)
  | ({ readonly state: 'failed'; readonly ending: Failing } & Written);
export type OpenedCharge = Requested | Settled;
/** The merchant's view of one charge: the fold of its events. */
export type Charge = { readonly state: 'none' } | OpenedCharge;

/**
 * A charge ends once, and the services make sure of it. Should two endings ever contradict each other, the
 * row must still not depend on which came first: what moved money, or was nearer to it, stands.
 */
const weight: Record<Ending['type'], number> = { failed: 1, declined: 2, released: 3, posted: 4 };

/** The one way in which a charge changes: pure, so the row can be rebuilt from its events at any time. */
export function evolve(charge: Charge, event: ChargeEvent): Charge {
  if (event.type === 'opened') {
    assert(charge.state === 'none', 'a charge is opened once');
    return { state: 'requested', opening: event.opening, details: event.details };
  }
  assert(charge.state !== 'none', `${event.type} came for a charge that was never opened`);
  switch (event.type) {
    case 'updated':
      return { ...charge, details: { ...charge.details, ...event.changes } };
    case 'posted':
    case 'declined':
    case 'failed':
    case 'released':
      return outweighs(charge, event) ? settledBy(charge, event) : charge;
  }
}

/** True when this ending is news: the charge has none, or one of less weight. */
export function outweighs(charge: OpenedCharge, ending: Ending): boolean {
  return charge.state === 'requested' || weight[ending.type] > weight[charge.ending.type];
}

function settledBy({ opening, details }: Written, ending: Ending): Settled {
  if (ending.type !== 'posted') return { state: 'failed', opening, details, ending };
  assert.deepEqual(ending.amount, opening.amount, 'an automatic capture posts the whole amount');
  return { state: 'succeeded', opening, details, ending };
}

/** What an unsettled charge still owes the world; see `AggregateType.restate`. */
export function requestOf({ opening }: Requested): NewEvent {
  const { id, account, amount, instrument } = opening;
  return payments.chargeRequested({
    chargeId: id,
    account,
    amount,
    capture: 'automatic',
    card: instrument.card,
    fault: instrument.fault,
  });
}
