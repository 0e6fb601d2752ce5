import { Inject, Injectable } from '@nestjs/common';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import { KeyedHash } from '../../accounts/keyed-hash.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { readInstrument } from '../../test-cards/instrument.js';
import type { IntentPaymentMethod } from '../intent/payment-intent.js';
import type { ConfirmParameters } from '../parameters/intent-parameters.js';

/** The card that a request names. */
@Injectable()
export class IntentPaymentMethods {
  constructor(
    private readonly hash: KeyedHash,
    private readonly clocks: AccountClocks,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  /**
   * @returns undefined when the request names none
   * @throws StripeError 400 for a name of nothing
   */
  async find(
    account: string,
    given: Pick<ConfirmParameters, 'payment_method' | 'payment_method_data'>,
  ): Promise<IntentPaymentMethod | undefined> {
    const source = given.payment_method ?? given.payment_method_data?.card.token;
    if (source === undefined) return undefined;
    const createdAt = this.clocks.now(account);
    const presented = readInstrument({ param: 'payment_method', source }, this.hash, createdAt);
    if (presented.kind === 'refused') throw presented.error;
    return { id: this.ids.next('pm'), createdAt, instrument: presented.instrument };
  }
}
