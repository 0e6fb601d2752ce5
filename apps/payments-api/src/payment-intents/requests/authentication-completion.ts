import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import { trafficClassOf } from '../../admission/unsettled-charges.js';
import { KeyedRequests } from '../../charges/requests/keyed-requests.js';
import { intentSubject, type RequestClaim } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import type { PaymentIntent } from '../intent/payment-intent.js';
import type { CompletionParameters } from '../parameters/authentication-parameters.js';
import { findIntent, findIntentOfAnyone } from '../store/payment-intent.repository.js';
import { completeAuthentication } from './complete-authentication.js';

/** The end of a customer's 3D Secure, told by a test or by the customer's page. */
@Injectable()
export class AuthenticationCompletion {
  constructor(
    private readonly requests: KeyedRequests,
    private readonly database: Database,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  /** @throws StripeError 404 unless the secret is the intent's own */
  async askedIntent(id: string, clientSecret: string): Promise<PaymentIntent> {
    const intent = await findIntentOfAnyone(this.database, id);
    const [given, own] = [clientSecret, intent?.clientSecret ?? ''].map((text) =>
      createHash('sha256').update(text).digest(),
    );
    if (!intent || !timingSafeEqual(given!, own!)) throw resourceMissing('payment_intent', id, 'intent');
    return intent;
  }

  /** @throws StripeError for errors that are not stored under the key */
  async complete(
    requested: RequestClaim,
    id: string,
    { outcome, expand }: CompletionParameters,
    traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    const { account } = requested;
    const intent = await findIntent(this.database, account, id);
    if (!intent) throw resourceMissing('payment_intent', id, 'intent');
    const chargeId = this.ids.next('ch');
    const claim = { ...requested, chargeId, subject: intentSubject('confirm', id), expand };
    const card = intent.paymentMethod?.instrument;
    return this.requests.answer(claim, {
      name: 'POST /v1/test_helpers/payment_intents/:id/complete_authentication',
      parent: traceparent,
      decide: completeAuthentication({ intentId: id, account, chargeId, outcome, expand }),
      traffic: card && outcome === 'succeeded' ? trafficClassOf(card) : null,
    });
  }
}
