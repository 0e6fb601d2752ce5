import assert from 'node:assert/strict';
import { refundState, type ChargeRefund } from './refund.js';

/** Totals over all refunds of a charge, and the refunds that were loaded: the cost of one more does not grow with their number. */
export interface RefundsOfCharge {
  /** All refunds, failed ones included. */
  readonly count: number;
  /** Refunds of captured money that have not ended, in minor units. */
  readonly pendingMinor: number;
  /** Refunds of captured money that succeeded, in minor units. */
  readonly succeededMinor: number;
  /** Loaded refunds by id. All of them when the charge is folded from its stream, the named ones when it is read from its row. */
  readonly known: readonly ChargeRefund[];
}

export const noRefunds: RefundsOfCharge = { count: 0, pendingMinor: 0, succeededMinor: 0, known: [] };

/** Refunded or being refunded, in minor units. A failed refund no longer counts. */
export const refundedMinor = ({ pendingMinor, succeededMinor }: RefundsOfCharge): number =>
  pendingMinor + succeededMinor;

/** Ordered by creation time, as lists are. Ids of two instances do not sort by time. */
export function newestFirst({ known }: RefundsOfCharge): ChargeRefund[] {
  return known.toSorted(
    ({ opening: one }, { opening: other }) => other.openedAt - one.openedAt || (one.id < other.id ? 1 : -1),
  );
}

export function knownRefund({ known }: RefundsOfCharge, id: string): ChargeRefund | undefined {
  return known.find(({ opening }) => opening.id === id);
}

export function addRefund(refunds: RefundsOfCharge, refund: ChargeRefund): RefundsOfCharge {
  const { count, known } = refunds;
  return { ...counted(refunds, refund, 1), count: count + 1, known: [...known, refund] };
}

/** Takes out the refund of what was not captured, if it is known. It counts in no sum. */
export function withoutRest(refunds: RefundsOfCharge): RefundsOfCharge {
  const known = refunds.known.filter(({ opening }) => opening.key !== null);
  return { ...refunds, known, count: refunds.count - (refunds.known.length - known.length) };
}

/** @returns the same object when `change` returns the same refund */
export function changeRefund(
  refunds: RefundsOfCharge,
  id: string,
  change: (refund: ChargeRefund) => ChargeRefund,
): RefundsOfCharge {
  const place = refunds.known.findIndex(({ opening }) => opening.id === id);
  const before = refunds.known[place];
  assert(before, `refund ${id} was never asked for`);
  const after = change(before);
  if (after === before) return refunds;
  return { ...counted(counted(refunds, before, -1), after, 1), known: refunds.known.with(place, after) };
}

/** Adds refunds that were loaded from the store. */
export function alsoKnowing(refunds: RefundsOfCharge, more: readonly ChargeRefund[]): RefundsOfCharge {
  const byId = new Map([...more, ...refunds.known].map((refund) => [refund.opening.id, refund]));
  const known = [...byId.values()].sort((a, b) => (a.opening.id < b.opening.id ? -1 : 1));
  return { ...refunds, known };
}

function counted(refunds: RefundsOfCharge, refund: ChargeRefund, sign: 1 | -1): RefundsOfCharge {
  const minor = refund.of === 'capture' ? sign * refund.opening.amount.amountMinor : 0;
  const { pendingMinor, succeededMinor } = refunds;
  switch (refundState(refund)) {
    case 'pending':
      return { ...refunds, pendingMinor: pendingMinor + minor };
    case 'succeeded':
      return { ...refunds, succeededMinor: succeededMinor + minor };
    case 'failed':
      return refunds;
  }
}
