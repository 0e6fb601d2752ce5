import { Inject, Injectable } from '@nestjs/common';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import { KeyedRequests } from './keyed-requests.js';
import type { RequestClaim } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { paymentsConfig, type PaymentsSettings } from '../../settings.js';
import { createRefund } from './create-refund.js';
import type { RefundParameters } from '../parameters/refund-parameters.js';

/** `POST /v1/refunds`. */
@Injectable()
export class RefundCreation {
  constructor(
    private readonly requests: KeyedRequests,
    @Inject(IDS) private readonly ids: Ids,
    @Inject(paymentsConfig.KEY) private readonly settings: Pick<PaymentsSettings, 'REFUNDS_PER_CHARGE'>,
  ) {}

  /** @throws StripeError for errors that are not stored under the key */
  create(requested: RequestClaim, wanted: RefundParameters, traceparent: string | undefined): Promise<KeyedAnswer> {
    const { chargeId, expand } = wanted;
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
}
