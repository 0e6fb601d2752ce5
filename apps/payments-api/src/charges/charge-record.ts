import assert from 'node:assert/strict';
import { become, stepsOn, unchanged, type AggregateType, type Decision } from '#saga';
import type { Rendering } from '../idempotency/key.js';
import { evolve, outweighs, requestOf, type Charge, type ChargeEvent, type Ending } from './charge.js';

/** A charge as the store holds it: the fold, how many events it is made of, and what this batch adds to them. */
export interface ChargeRecord {
  readonly charge: Charge;
  /** The number of events folded so far; the last one's version in the stream. */
  readonly version: number;
  readonly unsaved: readonly ChargeEvent[];
  /** The key under which the charge was asked for. */
  readonly key: string;
  /** How to answer under that key, until the reaper takes it. */
  readonly rendering: Rendering | null;
}

/** Where every charge begins. */
export function noCharge(key: string): ChargeRecord {
  return { charge: { state: 'none' }, version: 0, unsaved: [], key, rendering: null };
}

export function record(before: ChargeRecord, event: ChargeEvent): ChargeRecord {
  return {
    ...before,
    charge: evolve(before.charge, event),
    version: before.version + 1,
    unsaved: [...before.unsaved, event],
  };
}

/** A step's whole decision here: the merchant is told the first time, and a repetition changes nothing. */
export function settle(before: ChargeRecord, ending: Ending): Decision<ChargeRecord> {
  assert(before.charge.state !== 'none', `${ending.type} came for a charge that was never opened`);
  return outweighs(before.charge, ending) ? become(record(before, ending)) : unchanged(before);
}

export const charges: AggregateType<ChargeRecord> = {
  kind: 'charge',
  restate: ({ charge }) => (charge.state === 'requested' ? [requestOf(charge)] : []),
};

export const step = stepsOn(charges);
