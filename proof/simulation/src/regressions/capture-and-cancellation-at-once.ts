import type { MerchantOperation } from '../operations/operation.js';
import { aCharge, type Regression } from './regression.js';

const AUTHORIZED_MS = 2_000;
const APART_MS = 100;
const CHARGES = 24;
const REFUNDED_AFTER_MS = 2_000;
/** Both are on their way for some milliseconds; somewhere in here the cancellation comes as the capture is recorded. */
const LATER_BY_MS = 0.5;

/** Each charge is captured and canceled, a little further apart each time; and some of it is to be given back later. */
const operations = Array.from({ length: CHARGES }, (_, place): MerchantOperation[] => {
  const charge = 4 * place;
  const atMs = AUTHORIZED_MS + APART_MS * place;
  const canceledMs = atMs + LATER_BY_MS * place;
  return [
    { kind: 'create', id: charge, atMs: APART_MS + place, ...aCharge, capture: false },
    { kind: 'capture', id: charge + 1, atMs, charge, amountMinor: undefined },
    { kind: 'refund', id: charge + 2, atMs: canceledMs, charge, amountMinor: undefined },
    { kind: 'refund', id: charge + 3, atMs: atMs + REFUNDED_AFTER_MS, charge, amountMinor: 400 },
  ];
}).flat();

export const captureAndCancellationAtOnce: Regression = {
  name: 'capture-and-cancellation-at-once',
  bug: 'who had waited for an authorization did not see all that had come meanwhile',
  plantedAs: 'authorization-read-before-its-lock',
  schedule: {
    seed: 1,
    operations: operations.toSorted((a, b) => a.atMs - b.atMs),
    faults: [],
    lingerMs: 0,
    settings: {},
  },
};
