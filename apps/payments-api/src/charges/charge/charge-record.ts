import assert from 'node:assert/strict';
import { become, unchanged, type AggregateType, type Decision } from '#saga';
import type { Rendering } from '../../idempotency/key.js';
import { evolve, type Charge, type ChargeEvent, type ServiceEvent } from './charge.js';
import { unansweredRequests } from './unanswered-requests.js';

/** A charge as the store holds it: the fold, how many events it is made of, and what this batch adds to them. */
export interface ChargeRecord {
  readonly charge: Charge;
  /** As it stands in the store. */
  readonly stored: Charge;
  /** The number of events folded so far; the last one's version in the stream. */
  readonly version: number;
  readonly unsaved: readonly ChargeEvent[];
  /** The key under which the charge was asked for. */
  readonly key: string;
  /** How to answer under the keys that wait for this charge, by key; of those that the reaper has taken there is none. */
  readonly renderings: ReadonlyMap<string, Rendering>;
}

/** A charge, and the one of its refunds that is to be loaded with it. */
export interface ChargeRecordKey {
  readonly chargeId: string;
  readonly refundId?: string | undefined;
}

const none: ReadonlyMap<string, Rendering> = new Map();

/** Where every charge begins. */
export function noCharge(key: string): ChargeRecord {
  const charge = { state: 'none' } as const;
  return { charge, stored: charge, version: 0, unsaved: [], key, renderings: none };
}

export function recordEvent(before: ChargeRecord, event: ChargeEvent): ChargeRecord {
  return {
    ...before,
    charge: evolve(before.charge, event),
    version: before.version + 1,
    unsaved: [...before.unsaved, event],
  };
}

/** A step's whole decision here: news of other services is recorded, a repetition changes nothing. */
export function applyServiceEvent(before: ChargeRecord, word: ServiceEvent): Decision<ChargeRecord> {
  assert(before.charge.state !== 'none', `${word.type} came for a charge that was never opened`);
  const after = recordEvent(before, word);
  return after.charge === before.charge ? unchanged(before) : become(after);
}

/**
 * A charge begins and ends here, so a resent event that was seen before has nobody left to pass the nudge on
 * to. Answering it would send the same nudge round again, for as long as a bank is silent.
 */
export const charges: AggregateType<ChargeRecord, ChargeRecordKey> = {
  kind: 'charge',
  keyName: ({ chargeId }) => chargeId,
  restate: () => [],
};

/** The sweeper sends every request again that no other service has answered. */
export const sweptCharges: Pick<AggregateType<ChargeRecord>, 'restate'> = {
  restate: ({ charge }) => unansweredRequests(charge),
};
