import type { Instant } from '#clock';
import type { Database } from '#postgres';
import { listObject, type ListCursor } from '../http/list-parameters.js';
import { ParameterReader } from '../http/parameter-reader.js';
import type { Parameters } from '../http/parameters.js';
import { resourceMissing } from '../http/stripe-error.js';
import { balanceObject } from './balance.js';
import { readBalance } from './balance.repository.js';
import { balanceTransactionObject, type BalanceTransaction } from './balance-transaction.js';
import { findTransaction, listTransactions, type DescribedTransaction } from './balance-transaction.repository.js';
import { readListRequest, refuseExpand } from './list-request.js';

const URL = '/v1/balance_transactions';

/** The account's own time, which decides what is available. */
export type NowOf = (account: string) => Instant | Promise<Instant>;

/** The GETs of balances and of what moved them. */
export class BalanceReading {
  constructor(
    private readonly database: Database,
    private readonly nowOf: NowOf,
  ) {}

  async balance(account: string, query: Parameters): Promise<object> {
    refuseExpand(new ParameterReader(query, ['expand']));
    const now = await this.nowOf(account);
    return balanceObject(await readBalance(this.database, account, now), now);
  }

  /** @throws StripeError 404 */
  async retrieve(account: string, id: string, query: Parameters): Promise<object> {
    refuseExpand(new ParameterReader(query, ['expand']));
    const [found, now] = await Promise.all([findTransaction(this.database, account, id), this.nowOf(account)]);
    if (!found) throw resourceMissing('balance transaction', id, 'id');
    return objectOf(found, now);
  }

  /** @throws StripeError 400 for a cursor that names no transaction of the account */
  async list(account: string, query: Parameters): Promise<object> {
    const { page, cursor, filters, nothing } = readListRequest(query);
    const [marked, now] = await Promise.all([cursor && this.marked(account, cursor), this.nowOf(account)]);
    const found = nothing
      ? []
      : await listTransactions(this.database, {
          ...page,
          ...filters,
          account,
          below: cursor?.param === 'starting_after' ? marked : null,
          above: cursor?.param === 'ending_before' ? marked : null,
          // One more than asked for tells whether there are more.
          limit: page.limit + 1,
        });
    return listObject(URL, page, found, (transaction) => objectOf(transaction, now));
  }

  private async marked(account: string, { param, id }: ListCursor): Promise<BalanceTransaction> {
    const found = await findTransaction(this.database, account, id);
    if (!found) throw resourceMissing('balance transaction', id, param, 400);
    return found.transaction;
  }
}

function objectOf({ transaction, chargeDescription }: DescribedTransaction, now: Instant): object {
  return balanceTransactionObject(transaction, chargeDescription, now);
}
