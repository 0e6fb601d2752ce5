import { Injectable } from '@nestjs/common';
import { ParameterReader } from '../../protocol/parameter-reader.js';
import type { Parameters } from '../../protocol/parameters.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { jsonText } from '../../protocol/json-text.js';
import type { KeyedAnswer, RequestClaim } from '../../idempotency/key.js';
import { KeyedTransaction } from '../../idempotency/keyed-transaction.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { chargeObject } from '../answers/charge-object.js';
import { recordEvent } from '../charge/charge-record.js';
import { ownCharge, type OpenedCharge } from '../charge/charge.js';
import { ChargeRepository, enqueueRecords } from '../store/charge.repository.js';
import { readChanges } from '../parameters/charge-details.js';
import { readExpand } from '../../protocol/expand.js';

const known = [
  'customer',
  'description',
  'expand',
  'fraud_details',
  'metadata',
  'receipt_email',
  'shipping',
  'transfer_group',
] as const;

/** `POST /v1/charges/:id`. */
@Injectable()
export class ChargeUpdate {
  constructor(
    private readonly keyed: KeyedTransaction,
    private readonly charges: ChargeRepository,
    private readonly clocks: AccountClocks,
  ) {}

  /** @throws StripeError 404 when the account has no such charge; it is not stored under the key */
  async update(claim: RequestClaim, id: string, parameters: Parameters): Promise<KeyedAnswer> {
    const reader = new ParameterReader(parameters, known);
    const customer = reader.text('customer', { max: 255 });
    if (customer !== undefined) throw resourceMissing('customer', customer, 'customer', 400);
    const expand = readExpand(reader);
    return this.keyed.answer({ ...claim, expand }, async (tx) => {
      const before = (await this.charges.load(tx, [{ chargeId: id }], expand)).get({ chargeId: id });
      const charge = ownCharge(before.charge, claim.account);
      if (!charge) throw resourceMissing('charge', id, 'id');
      const changes = readChanges(reader, charge.details);
      const after = recordEvent(before, { type: 'updated', changes });
      if (Object.keys(changes).length > 0) enqueueRecords(tx, [{ record: after }]);
      const object = chargeObject(after.charge as OpenedCharge, expand, this.clocks.now(claim.account));
      return { status: 200, body: jsonText(object) };
    });
  }
}
