import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import { trafficClassOf } from '../../admission/unsettled-charges.js';
import { KeyedRequests } from '../../charges/requests/keyed-requests.js';
import { intentSubject, type RequestClaim } from '../../idempotency/key.js';
import { KeyedTransaction } from '../../idempotency/keyed-transaction.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { shownIntent } from '../answers/intent-answer.js';
import type { PaymentIntent } from '../intent/payment-intent.js';
import type {
  ConfirmParameters,
  IntentCancelParameters,
  IntentCaptureParameters,
  IntentUpdateParameters,
} from '../parameters/intent-parameters.js';
import { lockChargedIntent } from '../store/charged-intent.repository.js';
import { enqueueIntents, findIntent } from '../store/payment-intent.repository.js';
import { cancelIntent } from './cancel-intent.js';
import { captureIntent } from './capture-intent.js';
import { confirmIntent } from './confirm-intent.js';
import { confirmationOf } from './confirmation.js';
import type { Caller } from './intent-creation.js';
import { IntentPaymentMethods } from './payment-methods.js';
import { detailsAfter, termChanges, updateIntent } from './update-intent.js';

/**
 * What is asked of an intent that exists. Each looks at it once before, for what the key has to name: the charge that
 * the answer will be about. The decision is made under the intent's lock, and compares.
 */
@Injectable()
export class IntentRequests {
  constructor(
    private readonly requests: KeyedRequests,
    private readonly keyed: KeyedTransaction,
    private readonly methods: IntentPaymentMethods,
    private readonly database: Database,
    private readonly clocks: AccountClocks,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  /** @throws StripeError for errors that are not stored under the key */
  async confirm(
    requested: RequestClaim,
    id: string,
    given: ConfirmParameters,
    { traceparent, baseUrl }: Caller,
  ): Promise<KeyedAnswer> {
    const { account } = requested;
    const intent = await this.find(account, id);
    const method = await this.methods.find(account, given, intent.customer);
    const chargeId = this.ids.next('ch');
    const claim = { ...requested, chargeId, subject: intentSubject('confirm', id), expand: given.expand };
    const changes = (before: PaymentIntent) => ({
      ...termChanges(before, given),
      details: detailsAfter(before.details, given),
    });
    const card = (method ?? intent.paymentMethod)?.instrument;
    return this.requests.answer(claim, {
      name: 'POST /v1/payment_intents/:id/confirm',
      parent: traceparent,
      decide: confirmIntent(
        confirmationOf({ intentId: id, account, chargeId, paymentMethod: method, changes }, given, baseUrl),
      ),
      traffic: card ? trafficClassOf(card) : null,
    });
  }

  /** @throws StripeError for errors that are not stored under the key */
  async capture(
    requested: RequestClaim,
    id: string,
    given: IntentCaptureParameters,
    traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    const { latestCharge: chargeId } = await this.find(requested.account, id);
    const claim = { ...requested, chargeId, subject: intentSubject('capture', id), expand: given.expand };
    return this.requests.answer(claim, {
      name: 'POST /v1/payment_intents/:id/capture',
      parent: traceparent,
      decide: captureIntent(claim, id, given),
      traffic: null,
    });
  }

  /** @throws StripeError for errors that are not stored under the key */
  async cancel(
    requested: RequestClaim,
    id: string,
    given: IntentCancelParameters,
    traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    const { latestCharge: chargeId } = await this.find(requested.account, id);
    const claim = { ...requested, chargeId, subject: intentSubject('cancel', id), expand: given.expand };
    return this.requests.answer(claim, {
      name: 'POST /v1/payment_intents/:id/cancel',
      parent: traceparent,
      decide: cancelIntent(claim, id, this.ids.next('re'), given),
      traffic: null,
    });
  }

  /** @throws StripeError 404, or 400 for what the status does not allow; neither is stored under the key */
  async update(claim: RequestClaim, id: string, given: IntentUpdateParameters): Promise<KeyedAnswer> {
    const { account } = claim;
    const { expand } = given;
    const customer = given.customer ?? (await this.find(account, id)).customer;
    await this.methods.checkCustomer(account, given.customer);
    const method = await this.methods.find(account, given, customer);
    return this.keyed.answer({ ...claim, expand }, async (tx) => {
      const charged = await lockChargedIntent(tx, account, id, expand);
      if (!charged) throw resourceMissing('payment_intent', id, 'intent');
      const now = this.clocks.now(account);
      const intent = updateIntent(charged, given, method, now);
      enqueueIntents(tx, [intent]);
      return shownIntent({ ...charged, intent }, expand, now);
    });
  }

  private async find(account: string, id: string): Promise<PaymentIntent> {
    const intent = await findIntent(this.database, account, id);
    if (!intent) throw resourceMissing('payment_intent', id, 'intent');
    return intent;
  }
}
