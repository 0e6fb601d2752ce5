import { Inject, Injectable } from '@nestjs/common';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import { KeyedHash } from '../../accounts/keyed-hash.js';
import { trafficClassOf } from '../../admission/unsettled-charges.js';
import type { RequestClaim } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { createCharge, refuseCharge } from './create-charge.js';
import type { CreateParameters } from '../parameters/create-parameters.js';
import { readInstrument } from '../../test-cards/instrument.js';
import { KeyedRequests } from './keyed-requests.js';

/** `POST /v1/charges`. */
@Injectable()
export class ChargeCreation {
  constructor(
    private readonly requests: KeyedRequests,
    private readonly clocks: AccountClocks,
    private readonly hash: KeyedHash,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  /** @throws StripeError for errors that are not stored under the key */
  create(requested: RequestClaim, wanted: CreateParameters, traceparent: string | undefined): Promise<KeyedAnswer> {
    const { account } = requested;
    const { payment, expand } = wanted;
    const presented = readInstrument(payment, this.hash, this.clocks.now(account));
    const card = presented.kind === 'instrument' ? presented.instrument : undefined;
    const claim = { ...requested, chargeId: card ? this.ids.next('ch') : null, subject: null, expand };
    return this.requests.answer(claim, {
      name: 'POST /v1/charges',
      parent: traceparent,
      decide:
        presented.kind === 'refused'
          ? refuseCharge(presented.error.answer)
          : createCharge(claim, wanted, presented.instrument),
      traffic: card ? trafficClassOf(card) : null,
    });
  }
}
