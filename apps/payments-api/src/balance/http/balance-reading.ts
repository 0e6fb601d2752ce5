import { Injectable } from '@nestjs/common';
import type { Instant } from '#clock';
import { Database } from '#postgres';
import { findCharges } from '../../charges/store/charge-rows.repository.js';
import { chargeObject } from '../../charges/answers/charge-object.js';
import type { OpenedCharge } from '../../charges/charge/charge.js';
import { within, type ExpandParameters } from '../../protocol/expand.js';
import { boundsOf, type ListCursor, type ListPlace } from '../../protocol/list-parameters.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { ListPages } from '../../lists/list-pages.js';
import { refundOf } from '../../charges/answers/refund-answer.js';
import { readRefunds } from '../../charges/store/refund.repository.js';
import type { ChargeRefund } from '../../charges/charge/refund.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { balanceObject } from '../balance.js';
import { readBalance } from '../balance.repository.js';
import { balanceTransactionObject } from '../balance-transaction.js';
import { findTransaction, listTransactions, type DescribedTransaction } from '../balance-transaction.repository.js';
import type { TransactionListParameters } from '../transaction-list-parameters.js';

/** GET routes of balances and balance transactions. The account's clock decides what is available. */
@Injectable()
export class BalanceReading {
  constructor(
    private readonly database: Database,
    private readonly clocks: AccountClocks,
    private readonly pages: ListPages,
  ) {}

  async balance(account: string): Promise<object> {
    const now = this.clocks.now(account);
    return balanceObject(await readBalance(this.database, account, now), now);
  }

  /** @throws StripeError 404 */
  async retrieve(account: string, id: string, { expand }: ExpandParameters): Promise<object> {
    const found = await findTransaction(this.database, account, id);
    if (!found) throw resourceMissing('balance transaction', id, 'id');
    const show = await this.showing(account, [found], expand);
    return show(found);
  }

  /**
   * @param url the path of the list
   * @throws StripeError 400 for a cursor that names no transaction of the account
   */
  async list(account: string, parameters: TransactionListParameters, url: string): Promise<object> {
    const { page, cursor, filters, expand, nothing } = parameters;
    const bounds = boundsOf(page, cursor, cursor && (await this.placeOf(account, cursor)));
    return this.pages.read({
      url,
      account,
      page,
      bounds,
      load: async (within, limit) =>
        nothing
          ? []
          : listTransactions(this.database, { ...within, direction: page.direction, limit, account, filters }),
      placeOf: ({ transaction }) => transaction,
      show: (found) => this.showing(account, found, expand),
    });
  }

  private async placeOf(account: string, { param, id }: ListCursor): Promise<ListPlace> {
    const found = await findTransaction(this.database, account, id);
    if (!found) throw resourceMissing('balance transaction', id, param, 400);
    return found.transaction;
  }

  /** Loads sources only if `expand` shows them. */
  private async showing(
    account: string,
    found: readonly DescribedTransaction[],
    expand: readonly string[],
  ): Promise<(found: DescribedTransaction) => object> {
    const now = this.clocks.now(account);
    const wanted = expand.length > 0 ? found.map(({ transaction }) => transaction.chargeId) : [];
    const charges = wanted.length > 0 ? await findCharges(this.database, account, wanted, expand) : undefined;
    const refundIds = found.flatMap(({ transaction: { type, source } }) => (type === 'refund' ? [source] : []));
    const refunds = charges && refundIds.length > 0 ? await readRefunds(this.database, refundIds) : [];
    const refundById = new Map(refunds.map(({ refund }) => [refund.opening.id, refund]));
    return ({ transaction, chargeDescription }) => {
      const charge = charges?.get(transaction.chargeId);
      const refund = refundById.get(transaction.source);
      const source = charge && sourceObject(charge, refund, within(expand, 'source'), now);
      return balanceTransactionObject(transaction, chargeDescription, now, source);
    };
  }
}

function sourceObject(
  charge: OpenedCharge,
  refund: ChargeRefund | undefined,
  expand: readonly string[],
  now: Instant,
): object {
  return refund ? refundOf(charge, refund, expand, now) : chargeObject(charge, expand, now);
}
