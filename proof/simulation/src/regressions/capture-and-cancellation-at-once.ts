import type { MerchantOperation } from '../operations/operation.js';
import { aCharge, type Regression } from './regression.js';

const AUTHORIZED_MS = 2_000;
const APART_MS = 100;
const CHARGES = 24;
const REFUNDED_AFTER_MS = 2_000;
/** Step of the delay between capture and cancellation. In one of the pairs the cancellation arrives as the capture is recorded. */
const LATER_BY_MS = 0.5;

/** Captures and cancels each charge, each pair a little further apart, then refunds a part. */
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
  bug: 'after a lock wait a step decided on joined rows from the old snapshot',
  plantedAs: 'authorization-read-before-its-lock',
  schedule: {
    seed: 1,
    operations: operations.toSorted((a, b) => a.atMs - b.atMs),
    faults: [],
    lingerMs: 0,
    settings: {},
  },
};
