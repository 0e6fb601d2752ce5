import assert from 'node:assert/strict';
import { refundState, type ChargeRefund } from './refund.js';

/**
 * What a charge knows of its refunds: totals over all of them, and those that somebody needs. So neither deciding
 * about one refund nor writing it costs more the more there were.
 */
export interface RefundsOfCharge {
  /** Of every kind, however they ended. */
  readonly count: number;
  /** Of captured money, in minor units: asked for, and not ended. */
  readonly pendingMinor: number;
  /** Of captured money, in minor units: given back. */
  readonly succeededMinor: number;
  /**
   * Those that were loaded, in the order of their ids. A charge that is folded from its whole stream knows all of
   * its refunds; one that is read from its row knows those that were asked for.
   */
  readonly known: readonly ChargeRefund[];
}

export const noRefunds: RefundsOfCharge = { count: 0, pendingMinor: 0, succeededMinor: 0, known: [] };

/** Of what was captured: given back, or about to be. A refund that fails gives its part free again. */
export const refundedMinor = ({ pendingMinor, succeededMinor }: RefundsOfCharge): number =>
  pendingMinor + succeededMinor;

/** By the time at which they were opened, as lists go: of two that came at once, ids may say otherwise. */
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

/** @returns the same refunds when `change` returns the same refund */
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

/** The same, with what the store knows of more of them. */
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
