import type { Database } from '#postgres';
import { listObject } from '../http/list-parameters.js';
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
    const charge = await findCharge(this.database, account, id);
    if (!charge) throw resourceMissing('charge', id, 'id');
    return chargeObject(charge, expand, this.clocks.now(account));
  }

  /** @throws StripeError 400 for a cursor that names no charge of the account */
  async list(account: string, query: Parameters): Promise<object> {
    const { page, cursor, expand } = readListRequest(query);
    // One more than asked for tells whether there are more.
    const [charges, marked] = await Promise.all([
      listCharges(this.database, { ...page, account, limit: page.limit + 1 }),
      cursor && findCharge(this.database, account, cursor.id),
    ]);
    if (cursor && !marked) throw resourceMissing('charge', cursor.id, cursor.param, 400);
    const now = this.clocks.now(account);
    return listObject(URL, page, charges, (charge) => chargeObject(charge, expand, now));
  }
}
