import { Injectable } from '@nestjs/common';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { jsonText } from '../../protocol/json-text.js';
import type { RequestClaim } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { KeyedTransaction } from '../../idempotency/keyed-transaction.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { chargeObject } from '../answers/charge-object.js';
import { recordEvent } from '../charge/charge-record.js';
import { ownCharge, type OpenedCharge } from '../charge/charge.js';
import { ChargeRepository } from '../store/charge.repository.js';
import { changesOf } from '../parameters/charge-details.js';
import type { ChargeUpdateParameters } from '../parameters/charge-update-parameters.js';

/** `POST /v1/charges/:id`. */
@Injectable()
export class ChargeUpdate {
  constructor(
    private readonly keyed: KeyedTransaction,
    private readonly charges: ChargeRepository,
    private readonly clocks: AccountClocks,
  ) {}

  /** @throws StripeError 404 when the account has no such charge; it is not stored under the key */
  update(claim: RequestClaim, id: string, { expand, details }: ChargeUpdateParameters): Promise<KeyedAnswer> {
    return this.keyed.answer({ ...claim, expand }, async (tx) => {
      const before = (await this.charges.load(tx, [{ chargeId: id }], expand)).get({ chargeId: id });
      const charge = ownCharge(before.charge, claim.account);
      if (!charge) throw resourceMissing('charge', id, 'id');
      const changes = changesOf(details, charge.details);
      const after = recordEvent(before, { type: 'updated', changes });
      if (Object.keys(changes).length > 0) this.charges.enqueue(tx, [{ record: after, requests: [claim] }]);
      const object = chargeObject(after.charge as OpenedCharge, expand, this.clocks.now(claim.account));
      return { status: 200, body: jsonText(object) };
    });
  }
}
