import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { Database, type PgTransaction } from '#postgres';
import { recordEvent } from '../charge/charge-record.js';
import { ownCharge } from '../charge/charge.js';
import { ChargeRepository } from '../store/charge.repository.js';
import { metadataAfter } from '../../protocol/metadata.js';
import type { RefundUpdateParameters } from '../parameters/refund-parameters.js';
import type { ExpandParameters } from '../../protocol/expand.js';
import { jsonText } from '../../protocol/json-text.js';
import { invalidRequest, resourceMissing, type ApiResponse } from '../../protocol/stripe-error.js';
import type { RequestClaim } from '../../idempotency/key.js';
import type { KeyedAnswer } from '../../protocol/keyed-answer.js';
import { KeyedTransaction } from '../../idempotency/keyed-transaction.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { refundOf } from '../answers/refund-answer.js';
import { findRefund } from '../store/refund.repository.js';
import { knownRefund } from '../charge/refunds-of-charge.js';
import { refundState, type ChargeRefund } from '../charge/refund.js';

/** Updates of a refund's metadata. A refund to a card cannot be canceled. */
@Injectable()
export class RefundUpdate {
  constructor(
    private readonly keyed: KeyedTransaction,
    private readonly database: Database,
    private readonly charges: ChargeRepository,
    private readonly clocks: AccountClocks,
  ) {}

  /**
   * @param parent the charge in the path, if there is one
   * @throws StripeError 404 when the account, or the charge, has no such refund; it is not stored under the key
   */
  async update(
    claim: RequestClaim,
    id: string,
    parameters: RefundUpdateParameters,
    parent?: string,
  ): Promise<KeyedAnswer> {
    const chargeId = await this.chargeOf(id, claim.account);
    if (parent !== undefined && parent !== chargeId) throw resourceMissing('refund', id, 'refund');
    const { expand } = parameters;
    return this.keyed.answer({ ...claim, expand }, (tx) => this.updateIn(tx, { id, chargeId }, parameters, claim));
  }

  /** Always refused: at Stripe only a refund with `requires_action` can end so, and none here has that status. */
  end(way: 'cancel' | 'expire', claim: RequestClaim, id: string, { expand }: ExpandParameters): Promise<KeyedAnswer> {
    return this.keyed.answer({ ...claim, expand }, async (tx) => {
      const found = await findRefund(tx, claim.account, id);
      if (!found) throw resourceMissing('refund', id, 'refund');
      return invalidRequest(
        `You can only ${way} refunds with the status \`requires_action\`; this one is \`${refundState(found.refund)}\`.`,
      ).answer;
    });
  }

  private async updateIn(
    tx: PgTransaction,
    { id, chargeId }: { id: string; chargeId: string },
    { expand, metadata: given }: RefundUpdateParameters,
    claim: RequestClaim,
  ): Promise<ApiResponse> {
    const key = { chargeId, refundId: id };
    const before = (await this.charges.load(tx, [key], expand)).get(key);
    const metadata = given !== undefined && metadataAfter(given, refundIn(before.charge, id).metadata);
    const after = metadata ? recordEvent(before, { type: 'refund_updated', refundId: id, metadata }) : before;
    if (metadata) this.charges.enqueue(tx, [{ record: after, requests: [claim] }]);
    const charge = ownCharge(after.charge, claim.account)!;
    const object = refundOf(charge, refundIn(charge, id), expand, this.clocks.now(claim.account));
    return { status: 200, body: jsonText(object) };
  }

  private async chargeOf(id: string, account: string): Promise<string> {
    const found = await findRefund(this.database, account, id);
    if (!found) throw resourceMissing('refund', id, 'refund');
    return found.chargeId;
  }
}

function refundIn(charge: ReturnType<typeof recordEvent>['charge'], id: string): ChargeRefund {
  assert(charge.state !== 'none', 'a refund that was found has its charge');
  const refund = knownRefund(charge.refunds, id);
  assert(refund, 'a refund that was found is part of its charge');
  return refund;
}
