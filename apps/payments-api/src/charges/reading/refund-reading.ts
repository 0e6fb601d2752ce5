import { Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { findCharges } from '../store/charge-rows.repository.js';
import { expands, type ExpandParameters } from '../../protocol/expand.js';
import { boundsOf, type ListCursor, type ListPlace } from '../../protocol/list-parameters.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { ListPages } from '../../lists/list-pages.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import type { RefundListParameters } from '../parameters/refund-list-parameters.js';
import { refundOf } from '../answers/refund-answer.js';
import { refundObject } from '../answers/refund-object.js';
import { findRefund, listRefunds, type FoundRefund } from '../store/refund.repository.js';

const URL = '/v1/refunds';

/** GET routes of refunds. Idempotency keys do not apply to them. */
@Injectable()
export class RefundReading {
  constructor(
    private readonly database: Database,
    private readonly clocks: AccountClocks,
    private readonly pages: ListPages,
  ) {}

  /**
   * @param parent the charge in the path, if there is one
   * @throws StripeError 404 when the account, or the charge, has no such refund
   */
  async retrieve(account: string, id: string, { expand }: ExpandParameters, parent?: string): Promise<object> {
    const found = await findRefund(this.database, account, id);
    if (!found || (parent !== undefined && parent !== found.chargeId)) throw resourceMissing('refund', id, 'id');
    const show = await this.showing(account, [found], expand);
    return show(found);
  }

  /** @throws StripeError 400 for a cursor that names no refund of the account */
  list(account: string, parameters: RefundListParameters): Promise<object> {
    return this.page(account, parameters, URL);
  }

  /** @throws StripeError 404 when the account has no such charge */
  async listOfCharge(account: string, chargeId: string, parameters: RefundListParameters): Promise<object> {
    const charges = await findCharges(this.database, account, [chargeId], []);
    if (!charges.has(chargeId)) throw resourceMissing('charge', chargeId, 'id');
    return this.page(account, { ...parameters, filters: { charge: chargeId } }, `/v1/charges/${chargeId}/refunds`);
  }

  private async page(account: string, parameters: RefundListParameters, url: string): Promise<object> {
    const { page, cursor, filters, expand, nothing } = parameters;
    const bounds = boundsOf(page, cursor, cursor && (await this.placeOf(account, cursor)));
    return this.pages.read({
      url,
      account,
      page,
      bounds,
      load: async (within, limit) =>
        nothing ? [] : listRefunds(this.database, { ...within, direction: page.direction, limit, account, filters }),
      placeOf,
      show: (found) => this.showing(account, found, expand),
    });
  }

  private async placeOf(account: string, { param, id }: ListCursor): Promise<ListPlace> {
    const found = await findRefund(this.database, account, id);
    if (!found) throw resourceMissing('refund', id, param, 400);
    return placeOf(found);
  }

  /** Loads charges only if `expand` shows them. */
  private async showing(
    account: string,
    found: readonly FoundRefund[],
    expand: readonly string[],
  ): Promise<(found: FoundRefund) => object> {
    const now = this.clocks.now(account);
    const seen = expands(expand, 'charge') || expands(expand, 'balance_transaction');
    const wanted = seen ? found.map(({ chargeId }) => chargeId) : [];
    const charges = wanted.length > 0 ? await findCharges(this.database, account, wanted, expand) : undefined;
    return ({ refund, chargeId }) => {
      const charge = charges?.get(chargeId);
      return charge ? refundOf(charge, refund, expand, now) : refundObject(refund, chargeId, expand, now);
    };
  }
}

function placeOf({ refund }: FoundRefund): ListPlace {
  return { createdAt: refund.opening.openedAt, id: refund.opening.id };
}
