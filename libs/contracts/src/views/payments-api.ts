import { z } from 'zod';
import {
  account,
  cancellationCause,
  captureMethod,
  card,
  chargeId,
  holdRefusal,
  refundId,
  releaseCause,
} from '../fields.js';
import { instant, money } from './fields.js';

const head = { version: z.int().positive(), recordedAt: instant };
/** The idempotency key of the request; one that begins with a space was made for a request without a key. */
const key = z.string();

/** An event of a charge's stream. */
export const chargeEventView = z.discriminatedUnion('type', [
  z.object({ ...head, type: z.literal('opened') }),
  z.object({ ...head, type: z.literal('updated'), fields: z.array(z.string()) }),
  z.object({ ...head, type: z.literal('capture_requested'), amount: money, key }),
  z.object({
    ...head,
    type: z.literal('cancellation_requested'),
    cause: cancellationCause,
    /** Null when the authorization expired: no merchant asked. */
    refund: z.object({ refundId, key }).nullable(),
  }),
  z.object({ ...head, type: z.literal('refund_requested'), refundId, amount: money, key }),
  z.object({ ...head, type: z.literal('refund_updated'), refundId }),
  z.object({ ...head, type: z.literal('authorized') }),
  z.object({ ...head, type: z.literal('cancellation_refused') }),
  z.object({
    ...head,
    type: z.literal('refund_ended'),
    refundId,
    end: z.discriminatedUnion('type', [
      z.object({ type: z.literal('posted') }),
      z.object({ type: z.literal('released'), code: z.string() }),
      z.object({ type: z.literal('refused'), reason: z.string() }),
    ]),
  }),
  z.object({ ...head, type: z.literal('posted'), amount: money, fee: money }),
  z.object({ ...head, type: z.literal('declined'), code: z.string() }),
  z.object({ ...head, type: z.literal('failed'), reason: z.string() }),
  z.object({
    ...head,
    type: z.literal('released'),
    cause: releaseCause,
    holdRefusal: holdRefusal.nullable(),
    refusalCode: z.string().nullable(),
  }),
]);
export type ChargeEventView = z.infer<typeof chargeEventView>;

/** GET /charges/:id: the charge as it stands, and the stream that it follows from. */
export const paymentsChargeView = z.object({
  charge: z.object({
    id: chargeId,
    account,
    state: z.enum(['requested', 'authorized', 'succeeded', 'failed', 'canceled']),
    amount: money,
    capture: captureMethod,
    card: card.pick({ brand: true, last4: true }),
    fault: z.string().nullable(),
    /** The key under which it was created. */
    key,
    createdAt: instant,
    /** Null unless it is an authorization that may lapse. */
    expiresAt: instant.nullable(),
    /** It waits for other services. */
    awaiting: z.boolean(),
  }),
  events: z.array(chargeEventView),
});
export type PaymentsChargeView = z.infer<typeof paymentsChargeView>;

/** GET /charges: the newest charges of all accounts, as far as they match the filters. */
export const chargeListView = z.object({
  charges: z.array(paymentsChargeView.shape.charge),
  /** `before` of the next page; null at the end. */
  next: chargeId.nullable(),
});
export type ChargeListView = z.infer<typeof chargeListView>;

/** GET /key-audit: idempotency keys that opened more than one charge within a day, which must never happen. */
export const keyAuditView = z.object({
  /** How many of the newest charges were looked at. */
  charges: z.int(),
  shared: z.array(z.object({ account, key, chargeIds: z.array(chargeId) })),
});
export type KeyAuditView = z.infer<typeof keyAuditView>;

/** GET /test-cards: the cards that stand for an outcome, each by a token. */
export const testCardView = z.object({
  token: z.string(),
  brand: z.string(),
  country: z.string(),
  funding: z.string(),
  /** `approve`, or the code with which the bank declines. */
  behavior: z.string(),
  riskLevel: z.string().nullable(),
  bypassesPending: z.boolean(),
  refundsBeginPending: z.boolean(),
});
export type TestCardView = z.infer<typeof testCardView>;

/** GET /unsettled: each charge that waits for other services. */
export const unsettledChargeView = z.object({
  id: chargeId,
  account,
  network: z.string(),
  fault: z.string().nullable(),
  createdAt: instant,
});
export type UnsettledChargeView = z.infer<typeof unsettledChargeView>;

/** GET /keys/:account/:key. */
export const keyView = z.object({
  account,
  key,
  /** Method and path: `POST /v1/charges`. */
  endpoint: z.string(),
  requestId: z.string(),
  chargeId: chargeId.nullable(),
  claimedAt: instant,
  answer: z.object({ status: z.int(), body: z.string(), answeredAt: instant }).nullable(),
});
export type KeyView = z.infer<typeof keyView>;

/** GET /refunds/:id. */
export const refundView = z.object({
  id: refundId,
  account,
  chargeId,
  state: z.enum(['pending', 'succeeded', 'failed']),
  amount: money,
  createdAt: instant,
});
export type RefundView = z.infer<typeof refundView>;
