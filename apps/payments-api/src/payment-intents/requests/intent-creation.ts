import { Inject, Injectable } from '@nestjs/common';
import type { Instant } from '#clock';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import { KeyedHash } from '../../accounts/keyed-hash.js';
import { trafficClassOf } from '../../admission/unsettled-charges.js';
import { KeyedRequests } from '../../charges/requests/keyed-requests.js';
import { intentSubject, type RequestClaim } from '../../idempotency/key.js';
import { KeyedTransaction } from '../../idempotency/keyed-transaction.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { causeOf } from '../../stripe-events/event-cause.js';
import { StripeEvents } from '../../stripe-events/stripe-events.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { createdEvent } from '../answers/intent-stripe-events.js';
import { shownIntent } from '../answers/intent-answer.js';
import type { IntentPaymentMethod, PaymentIntent } from '../intent/payment-intent.js';
import type { NewIntentParameters } from '../parameters/intent-parameters.js';
import { enqueueIntents } from '../store/payment-intent.repository.js';
import { confirmIntent } from './confirm-intent.js';
import { confirmationOf } from './confirmation.js';
import { newIntent } from './new-intent.js';
import { IntentPaymentMethods } from './payment-methods.js';

/** The caller's trace, and how it reached this service. */
export interface Caller {
  readonly traceparent: string | undefined;
  /** `http://localhost:3000`. */
  readonly baseUrl: string;
}

/** `POST /v1/payment_intents`. */
@Injectable()
export class IntentCreation {
  constructor(
    private readonly requests: KeyedRequests,
    private readonly keyed: KeyedTransaction,
    private readonly methods: IntentPaymentMethods,
    private readonly clocks: AccountClocks,
    private readonly hash: KeyedHash,
    private readonly events: StripeEvents,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  /** @throws StripeError for errors that are not stored under the key */
  async create(claim: RequestClaim, given: NewIntentParameters, caller: Caller): Promise<KeyedAnswer> {
    const { account } = claim;
    await this.methods.checkCustomer(account, given.customer);
    const method = await this.methods.find(account, given, given.customer ?? null);
    const id = this.ids.next('pi');
    const clientSecret = `${id}_secret_${this.hash.token('client_secret', id, 25)}`;
    const created = (now: Instant) => newIntent({ id, account, clientSecret }, given, method, now);
    if (given.confirm) return this.confirmed(claim, given, method, id, created, caller);
    return this.keyed.answer({ ...claim, expand: given.expand }, async (tx) => {
      const now = this.clocks.now(account);
      const intent = created(now);
      enqueueIntents(tx, [intent]);
      this.events.enqueue(tx, [{ account, ...createdEvent(intent, now), cause: causeOf(claim) }]);
      return shownIntent({ intent, charge: null }, given.expand, now);
    });
  }

  private confirmed(
    requested: RequestClaim,
    given: NewIntentParameters,
    method: IntentPaymentMethod | undefined,
    id: string,
    created: (now: Instant) => PaymentIntent,
    { traceparent, baseUrl }: Caller,
  ): Promise<KeyedAnswer> {
    const chargeId = this.ids.next('ch');
    const claim = { ...requested, chargeId, subject: intentSubject('confirm', id), expand: given.expand };
    const confirmation = confirmationOf(
      { intentId: id, account: claim.account, chargeId, paymentMethod: method, changes: () => ({}) },
      given,
      baseUrl,
    );
    return this.requests.answer(claim, {
      name: 'POST /v1/payment_intents',
      parent: traceparent,
      decide: confirmIntent(confirmation, created),
      traffic: method ? trafficClassOf(method.instrument) : null,
    });
  }
}
