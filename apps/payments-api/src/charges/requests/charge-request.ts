import assert from 'node:assert/strict';
import type { NewEvent } from '#contracts';
import { answer, become, unchanged, type AggregateType, type Work } from '#saga';
import { StripeError, type ApiResponse } from '../../protocol/stripe-error.js';
import { answerInVersion } from '../../protocol/versions/render.js';
import type { PaymentIntent } from '../../payment-intents/intent/payment-intent.js';
import { nameOf, type Claim, type KeyRow } from '../../idempotency/key.js';
import { noCharge, recordEvent, type ChargeRecord } from '../charge/charge-record.js';
import type { Charge, OpenedCharge, MerchantEvent } from '../charge/charge.js';

/**
 * A request under its idempotency key. Loading claims the key and locks the charge, so key, charge, event and
 * outbox are one commit (which concurrent requests share).
 */
export type ChargeRequest =
  | { readonly state: 'claimed'; readonly charge: ChargeRecord; readonly intent: PaymentIntent | null }
  /** An earlier request has the key. */
  | { readonly state: 'taken'; readonly row: KeyRow }
  | {
      readonly state: 'decided';
      readonly charge: ChargeRecord;
      /** Null when the request does not change one. */
      readonly intent: PaymentIntent | null;
      /** Null when the request created the intent. */
      readonly intentBefore: PaymentIntent | null;
      readonly answer: ApiResponse | null;
    }
  /** Refused without a trace: the key is free again. */
  | { readonly state: 'withdrawn' };

/** Identified by account and key. */
export const chargeRequests: AggregateType<ChargeRequest, Claim> = {
  kind: 'charge_request',
  keyName: nameOf,
  restate: () => [],
};

/** The decision about a request: events for its charge, an immediate answer, or both. */
export interface RequestDecision {
  readonly events: readonly MerchantEvent[];
  /** Events for other services. */
  readonly emit: readonly NewEvent[];
  /** The intent as the request leaves it. */
  readonly intent?: PaymentIntent;
  /** Stored under the key. Absent: the instance that settles the request stores it. */
  readonly answer?: ApiResponse;
}

/**
 * @param charge `none` when the request opens one, or names one that the account does not have
 * @param now on the account's clock
 * @throws StripeError for errors that are not stored under the key
 */
export type Decide = (charge: Charge, now: number) => RequestDecision;

/**
 * As `Decide`, about the latest charge of an intent.
 *
 * @param intent null when the request opens one, or names none that exists
 */
export type DecideIntent = (latest: Charge, now: number, intent: PaymentIntent | null) => RequestDecision;

/** Stores an error under the key and changes nothing. */
export const refused = ({ answer }: StripeError): RequestDecision => ({ events: [], emit: [], answer });

export type RequestOutcome =
  | { readonly kind: 'accepted'; readonly charge: OpenedCharge }
  | { readonly kind: 'answered'; readonly answer: ApiResponse }
  | { readonly kind: 'taken'; readonly row: KeyRow }
  | { readonly kind: 'withdrawn'; readonly error: StripeError };

/** The command behind every request that moves money: create, capture, refund. */
export function chargeRequest(
  claim: Claim,
  decide: DecideIntent,
  traceparent: string | undefined,
): Work<ChargeRequest, RequestOutcome, Claim> {
  return {
    aggregate: chargeRequests,
    key: claim,
    account: claim.account,
    traceparent,
    decide: (request, now) => {
      if (request.state === 'taken') return answer(unchanged(request), { kind: 'taken', row: request.row });
      assert(request.state === 'claimed', 'a key is claimed for one request');
      const { charge: latest, intent } = request;
      const decision = decisionOf(() => decide(latest.charge, now, intent));
      if (decision instanceof StripeError) {
        return answer(become<ChargeRequest>({ state: 'withdrawn' }), { kind: 'withdrawn', error: decision });
      }
      const before = decision.events[0]?.type === 'opened' ? noCharge(claim.key) : latest;
      const immediate = decision.answer ? answerInVersion(decision.answer, claim.apiVersion) : null;
      const charge = decision.events.reduce(recordEvent, before);
      const decided = become<ChargeRequest>(
        {
          state: 'decided',
          charge,
          intent: decision.intent ?? null,
          intentBefore: intent,
          answer: immediate,
        },
        ...decision.emit,
      );
      return answer(
        decided,
        immediate
          ? { kind: 'answered', answer: immediate }
          : { kind: 'accepted', charge: charge.charge as OpenedCharge },
      );
    },
  };
}

function decisionOf(decide: () => RequestDecision): RequestDecision | StripeError {
  try {
    return decide();
  } catch (error) {
    if (error instanceof StripeError) return error;
    throw error;
  }
}
