import type { ChargeEvidence, RefundEvidence } from '../evidence.js';
import type { AttributedRows } from './attributed-rows.js';

/** What of a charge was authorized and not captured, and no request gave back. Stripe shows it as a refund. */
interface Uncaptured {
  readonly amountMinor: number;
  readonly reason: string | null;
}

/** Undefined while nothing is left, or a merchant's own cancellation gave it back. */
export function uncapturedOf({ state, cause, amountMinor, capturedMinor }: ChargeEvidence): Uncaptured | undefined {
  if (state === 'canceled' && cause === 'expired') return { amountMinor, reason: 'expired_uncaptured_charge' };
  const restMinor = state === 'succeeded' ? amountMinor - (capturedMinor ?? 0) : 0;
  return restMinor > 0 ? { amountMinor: restMinor, reason: null } : undefined;
}

/** The refund of what was not captured: its id is documented to follow from the charge's. */
export const isOfUncaptured = ({ key }: RefundEvidence): boolean => key === null;
export const refundIdOf = (chargeId: string): string => `re_${chargeId.slice('ch_'.length)}`;

/** Each charge has the refund of what was not captured, once, and no other refund comes without a request. */
export function judgeUncaptured({ charges, refundsOf }: AttributedRows): string[] {
  return [...charges.values()].flatMap((row) => {
    const due = uncapturedOf(row);
    const made = (refundsOf.get(row.id) ?? []).filter(isOfUncaptured);
    if (!due) return made.map(({ id }) => `${id}: no request made it, and nothing of ${row.id} was left uncaptured`);
    const [refund, ...more] = made;
    if (!refund || more.length > 0)
      return [`${row.id}: ${made.length} refunds of the ${due.amountMinor} that were not captured`];
    const { id, account, state, cancels, amountMinor, reason } = refund;
    const shown = { id, account, state, cancels, amountMinor, reason };
    const wanted = { id: refundIdOf(row.id), account: row.account, state: 'succeeded', cancels: true, ...due };
    return (Object.keys(wanted) as (keyof typeof wanted)[])
      .filter((field) => shown[field] !== wanted[field])
      .map((field) => `${id}: of what was not captured, and its ${field} is ${shown[field]}, not ${wanted[field]}`);
  });
}
