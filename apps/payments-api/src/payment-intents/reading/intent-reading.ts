import { Injectable } from '@nestjs/common';
import { Database } from '#postgres';
import { ListPages } from '../../lists/list-pages.js';
import type { ExpandParameters } from '../../protocol/expand.js';
import { boundsOf, type ListCursor, type ListPlace } from '../../protocol/list-parameters.js';
import { resourceMissing } from '../../protocol/stripe-error.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { intentObject } from '../answers/intent-object.js';
import type { IntentListParameters } from '../parameters/intent-parameters.js';
import type { ChargedIntent } from '../state/intent-status.js';
import { findChargedIntent, listChargedIntents } from '../store/charged-intent.repository.js';
import { findIntent } from '../store/payment-intent.repository.js';

const URL = '/v1/payment_intents';

/** GET routes of payment intents. Idempotency keys do not apply to them. */
@Injectable()
export class IntentReading {
  constructor(
    private readonly database: Database,
    private readonly clocks: AccountClocks,
    private readonly pages: ListPages,
  ) {}

  /** @throws StripeError 404 */
  async retrieve(account: string, id: string, { expand }: ExpandParameters): Promise<object> {
    const found = await findChargedIntent(this.database, account, id, expand);
    if (!found) throw resourceMissing('payment_intent', id, 'intent');
    return intentObject(found, expand, this.clocks.now(account));
  }

  /** @throws StripeError 400 for a cursor that names no intent of the account */
  async list(account: string, { page, cursor, filters, expand }: IntentListParameters): Promise<object> {
    const bounds = boundsOf(page, cursor, cursor && (await this.placeOf(account, cursor)));
    const now = this.clocks.now(account);
    return this.pages.read({
      url: URL,
      account,
      page,
      bounds,
      load: (within, limit) =>
        listChargedIntents(this.database, { ...within, direction: page.direction, limit, account, filters }, expand),
      placeOf,
      show: async () => (found) => intentObject(found, expand, now),
    });
  }

  private async placeOf(account: string, { param, id }: ListCursor): Promise<ListPlace> {
    const intent = await findIntent(this.database, account, id);
    if (!intent) throw resourceMissing('payment_intent', id, param, 400);
    return placeOf({ intent, charge: null });
  }
}

function placeOf({ intent }: ChargedIntent): ListPlace {
  return { createdAt: intent.createdAt, id: intent.id };
}
