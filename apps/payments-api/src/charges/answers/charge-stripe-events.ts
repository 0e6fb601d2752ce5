import type { Instant } from '#clock';
import { previousAttributes } from '../../stripe-events/previous-attributes.js';
import type { RaisedType } from '../../stripe-events/raised-types.js';
import type { NewStripeEvent } from '../../stripe-events/stripe-event.js';
import type { OpenedCharge } from '../charge/charge.js';
import type { ChargeRecord } from '../charge/charge-record.js';
import { refundState, type ChargeRefund } from '../charge/refund.js';
import { knownRefund, refundedMinor } from '../charge/refunds-of-charge.js';
import { chargeObject } from './charge-object.js';
import { refundObject } from './refund-object.js';

/** An event of Stripe's about a charge or a refund, before its account and its cause are known. */
export interface ChargeNews extends Pick<NewStripeEvent, 'type' | 'object' | 'previousAttributes'> {
  /** Idempotency key of the request that it tells the outcome of; null for what time brought about. */
  readonly key: string | null;
}

type ApiObject = { readonly id: string };

/**
 * Stripe's events of one commit. A charge that is opened has none: it is `pending` for milliseconds, unless its request
 * is answered so (`pendingEvent`).
 *
 * @param updatedBy key of the request that changed texts or metadata
 */
export function chargeStripeEvents(
  { stored, charge, key }: ChargeRecord,
  now: Instant,
  updatedBy: string | null,
): ChargeNews[] {
  if (stored.state === 'none' || charge.state === 'none') return [];
  const parts = { before: stored, after: charge, now, createKey: key, updatedBy };
  return [...ofCharge(parts), ...ofRefunds(parts)];
}

/** The charge as a request was told that did not wait longer. */
export function pendingEvent(charge: OpenedCharge, key: string, now: Instant): ChargeNews {
  return { type: 'charge.pending', object: shownCharge(charge, now), key };
}

interface Change {
  readonly before: OpenedCharge;
  readonly after: OpenedCharge;
  readonly now: Instant;
  readonly createKey: string;
  readonly updatedBy: string | null;
}

const shownCharge = (charge: OpenedCharge, now: Instant): ApiObject => chargeObject(charge, [], now) as ApiObject;

function ofCharge({ before, after, now, createKey, updatedBy }: Change): ChargeNews[] {
  const first = firstOutcome(before, after);
  const later = laterOutcome(before, after);
  const object = first || later || before !== after ? shownCharge(after, now) : undefined;
  if (!object) return [];
  const asked = before.state === 'authorized' ? (after.hold?.capture?.key ?? null) : createKey;
  const told: ChargeNews[] = first ? [{ type: first, object, key: asked }] : [];
  // Few charges come here: an automatic capture is told by its first outcome.
  const hasMore = later !== undefined || !first;
  const changed = hasMore ? previousAttributes(shownCharge(before, now), object) : undefined;
  if (!changed) return told;
  const type = later ?? 'charge.updated';
  return [...told, { type, object, previousAttributes: changed, key: keyOf(type, after, updatedBy) }];
}

const wasAuthorized = ({ state }: OpenedCharge): boolean =>
  state === 'authorized' || state === 'succeeded' || state === 'canceled';

/** The outcome of the request that created the charge, when this commit brings it. */
function firstOutcome(before: OpenedCharge, after: OpenedCharge): RaisedType | undefined {
  if (after.state === 'failed' && before.state !== 'failed') return 'charge.failed';
  return wasAuthorized(after) && !wasAuthorized(before) ? 'charge.succeeded' : undefined;
}

/** What became of the authorization, or of what was captured, when this commit brings it. */
function laterOutcome(before: OpenedCharge, after: OpenedCharge): RaisedType | undefined {
  if (after.state === 'succeeded' && before.state !== 'succeeded') return after.hold ? 'charge.captured' : undefined;
  if (after.state === 'canceled' && before.state !== 'canceled')
    return after.hold?.cancellation?.refundId ? 'charge.refunded' : 'charge.expired';
  return refundedMinor(after.refunds) > refundedMinor(before.refunds) ? 'charge.refunded' : undefined;
}

/** The request whose outcome the event tells. */
function keyOf(type: RaisedType, { hold, refunds }: OpenedCharge, updatedBy: string | null): string | null {
  if (type === 'charge.captured') return hold?.capture?.key ?? null;
  if (type !== 'charge.refunded') return updatedBy;
  const givenBack = hold?.cancellation?.refundId;
  const refund = givenBack ? knownRefund(refunds, givenBack) : refunds.known.at(-1);
  return refund?.opening.key ?? updatedBy;
}

function ofRefunds({ before, after, now, updatedBy }: Change): ChargeNews[] {
  if (after.refunds === before.refunds) return [];
  const chargeId = after.opening.id;
  const shown = (refund: ChargeRefund): ApiObject => refundObject(refund, chargeId, [], now) as ApiObject;
  return after.refunds.known.flatMap((refund): ChargeNews[] => {
    const earlier = knownRefund(before.refunds, refund.opening.id);
    if (earlier === refund) return [];
    const { key } = refund.opening;
    const object = shown(refund);
    if (!earlier) return [{ type: 'refund.created', object, key }];
    const changed = previousAttributes(shown(earlier), object);
    if (!changed) return [];
    const hasFailed = refundState(refund) === 'failed' && refundState(earlier) !== 'failed';
    const types: RaisedType[] = ['refund.updated', 'charge.refund.updated'];
    if (hasFailed) types.unshift('refund.failed');
    return types.map((type) => ({ type, object, previousAttributes: changed, key: updatedBy ?? key }));
  });
}
