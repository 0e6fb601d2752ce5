import assert from 'node:assert/strict';
import { become, unchanged, type AggregateType, type Decision } from '#saga';
import type { PaymentIntent } from '../../payment-intents/intent/payment-intent.js';
import type { Rendering } from '../../idempotency/key.js';
import type { AccountContext } from './account-posting.js';
import { evolve, type Charge, type ChargeEvent, type ServiceEvent } from './charge.js';
import { unansweredRequests } from './unanswered-requests.js';

/** A charge with its place in its event stream, and the events that this batch appends. */
export interface ChargeRecord {
  readonly charge: Charge;
  /** The charge as the row says, before this batch. */
  readonly stored: Charge;
  /** Number of events folded so far, which is the version of the last one. */
  readonly version: number;
  readonly unsaved: readonly ChargeEvent[];
  /** The intent of which this charge is an attempt, as it is read beside the charge; no fold of the stream needs it. */
  readonly intent: PaymentIntent | null;
  /** Idempotency key of the request that opened the charge. */
  readonly key: string;
  /** How to render the answer under each key that waits for this charge. Keys that the reaper deleted are absent. */
  readonly renderings: ReadonlyMap<string, Rendering>;
}

/** Names a charge, and the refund to load with it. */
export interface ChargeRecordKey {
  readonly chargeId: string;
  readonly refundId?: string | undefined;
}

const none: ReadonlyMap<string, Rendering> = new Map();

/** The state before the first event. */
export function noCharge(key: string): ChargeRecord {
  const charge = { state: 'none' } as const;
  return { charge, stored: charge, version: 0, unsaved: [], intent: null, key, renderings: none };
}

export function recordEvent(before: ChargeRecord, event: ChargeEvent): ChargeRecord {
  return {
    ...before,
    charge: evolve(before.charge, event),
    version: before.version + 1,
    unsaved: [...before.unsaved, event],
  };
}

/** Appends an event of another service. A redelivered event changes nothing. */
export function applyServiceEvent(before: ChargeRecord, word: ServiceEvent): Decision<ChargeRecord> {
  assert(before.charge.state !== 'none', `${word.type} came for a charge that was never opened`);
  const after = recordEvent(before, word);
  return after.charge === before.charge ? unchanged(before) : become(after);
}

/**
 * payments-api is the first and the last step of the saga, so it restates nothing when an event is redelivered:
 * the services would resend to each other for as long as a bank is silent.
 */
export const charges: AggregateType<ChargeRecord, ChargeRecordKey, AccountContext> = {
  kind: 'charge',
  keyName: ({ chargeId }) => chargeId,
  restate: () => [],
};

/** The sweeper sends again every request that another service has not answered. */
export const sweptCharges: Pick<AggregateType<ChargeRecord>, 'restate'> = {
  restate: ({ charge }) => unansweredRequests(charge),
};
