import type { Database } from '#postgres';
import { boundsOf, listObject, type ListCursor, type ListPlace } from '../http/list-parameters.js';
import { ParameterReader } from '../http/parameter-reader.js';
import type { Parameters } from '../http/parameters.js';
import { resourceMissing } from '../http/stripe-error.js';
import type { AccountClocks } from '../test-clocks/account-clocks.js';
import { chargeObject } from './charge-object.js';
import { findCharge, listCharges } from './charge-rows.repository.js';
import { readExpand } from './expand.js';
import { readListRequest } from './list-request.js';

const URL = '/v1/charges';

/** The GETs of charges; keys have no effect on them. */
export class ChargeReading {
  constructor(
    private readonly database: Database,
    private readonly clocks: AccountClocks,
  ) {}

  /** @throws StripeError 404 */
  async retrieve(account: string, id: string, query: Parameters): Promise<object> {
    const expand = readExpand(new ParameterReader(query, ['expand']));
    const charge = await findCharge(this.database, account, id, expand);
    if (!charge) throw resourceMissing('charge', id, 'id');
    return chargeObject(charge, expand, this.clocks.now(account));
  }

  /** @throws StripeError 400 for a cursor that names no charge of the account */
  async list(account: string, query: Parameters): Promise<object> {
    const { page, cursor, filters, expand } = readListRequest(query);
    const bounds = boundsOf(page, cursor, cursor && (await this.placeOf(account, cursor)));
    // One more than asked for tells whether there are more.
    const asked = { ...bounds, direction: page.direction, limit: page.limit + 1, account, filters };
    const charges = await listCharges(this.database, asked, expand);
    const now = this.clocks.now(account);
    return listObject(URL, page, charges, (charge) => chargeObject(charge, expand, now));
  }

  private async placeOf(account: string, { param, id }: ListCursor): Promise<ListPlace> {
    const charge = await findCharge(this.database, account, id, []);
    if (!charge) throw resourceMissing('charge', id, param, 400);
    return { createdAt: charge.opening.openedAt, id };
  }
}
