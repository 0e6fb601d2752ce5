import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import { KeyedRequests } from './keyed-requests.js';
import type { RequestClaim } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { paymentsConfig, type PaymentsSettings } from '../../settings.js';
import { findIntent } from '../../payment-intents/store/payment-intent.repository.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { withoutCharge } from '../answers/state-errors.js';
import { createRefund } from './create-refund.js';
import type { RefundParameters } from '../parameters/refund-parameters.js';

/** `POST /v1/refunds`. */
@Injectable()
export class RefundCreation {
  constructor(
    private readonly requests: KeyedRequests,
    private readonly database: Database,
    @Inject(IDS) private readonly ids: Ids,
    @Inject(paymentsConfig.KEY) private readonly settings: Pick<PaymentsSettings, 'REFUNDS_PER_CHARGE'>,
  ) {}

  /** @throws StripeError for errors that are not stored under the key */
  async create(
    requested: RequestClaim,
    wanted: RefundParameters,
    traceparent: string | undefined,
  ): Promise<KeyedAnswer> {
    const { of, expand } = wanted;
    const chargeId = 'chargeId' in of ? of.chargeId : await this.chargeOf(requested.account, of.intentId);
    const id = this.ids.next('re') as `re_${string}`;
    const claim = { ...requested, chargeId, subject: id, expand };
    return this.requests.answer(claim, {
      name: 'POST /v1/refunds',
      parent: traceparent,
      decide: createRefund(claim, id, wanted, { refundsPerCharge: this.settings.REFUNDS_PER_CHARGE }),
      traffic: null,
      isAnsweredPending: ({ opening }) => opening.instrument.refundsBeginPending === true,
    });
  }

  /** A charge that was opened never makes room for another, unless it failed: so no other can be meant. */
  private async chargeOf(account: string, intentId: string): Promise<string> {
    const intent = await findIntent(this.database, account, intentId);
    if (!intent) throw resourceMissing('payment_intent', intentId, 'payment_intent', 400);
    if (intent.latestCharge === null) throw withoutCharge(intentId);
    return intent.latestCharge;
  }
}
