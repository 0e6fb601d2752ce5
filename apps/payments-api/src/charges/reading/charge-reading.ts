import { Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { boundsOf, type ListCursor, type ListPlace } from '../../protocol/list-parameters.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { ListPages } from '../../lists/list-pages.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { chargeObject } from '../answers/charge-object.js';
import { findCharge, listCharges } from '../store/charge-rows.repository.js';
import type { OpenedCharge } from '../charge/charge.js';
import type { ExpandParameters } from '../../protocol/expand.js';
import type { ChargeListParameters } from '../parameters/charge-list-parameters.js';

const URL = '/v1/charges';

/** GET routes of charges. Idempotency keys do not apply to them. */
@Injectable()
export class ChargeReading {
  constructor(
    private readonly database: Database,
    private readonly clocks: AccountClocks,
    private readonly pages: ListPages,
  ) {}

  /** @throws StripeError 404 */
  async retrieve(account: string, id: string, { expand }: ExpandParameters): Promise<object> {
    const charge = await findCharge(this.database, account, id, expand);
    if (!charge) throw resourceMissing('charge', id, 'id');
    return chargeObject(charge, expand, this.clocks.now(account));
  }

  /** @throws StripeError 400 for a cursor that names no charge of the account */
  async list(account: string, { page, cursor, filters, expand }: ChargeListParameters): Promise<object> {
    const bounds = boundsOf(page, cursor, cursor && (await this.placeOf(account, cursor)));
    const now = this.clocks.now(account);
    return this.pages.read({
      url: URL,
      account,
      page,
      bounds,
      load: (within, limit) =>
        listCharges(this.database, { ...within, direction: page.direction, limit, account, filters }, expand),
      placeOf,
      show: async () => (charge) => chargeObject(charge, expand, now),
    });
  }

  private async placeOf(account: string, { param, id }: ListCursor): Promise<ListPlace> {
    const charge = await findCharge(this.database, account, id, []);
    if (!charge) throw resourceMissing('charge', id, param, 400);
    return placeOf(charge);
  }
}

function placeOf({ opening }: OpenedCharge): ListPlace {
  return { createdAt: opening.openedAt, id: opening.id };
}
