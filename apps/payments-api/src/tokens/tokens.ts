import { Inject, Injectable } from '@nestjs/common';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import { KeyedHash } from '../accounts/keyed-hash.js';
import type { RequestClaim } from '../idempotency/key.js';
import { KeyedTransaction } from '../idempotency/keyed-transaction.js';
import { jsonText } from '../protocol/json-text.js';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import { resourceMissing } from '../protocol/stripe-error.js';
import { readInstrument } from '../test-cards/instrument.js';
import { AccountClocks } from '../test-clocks/account-clocks.js';
import { tokenObject } from './token-object.js';
import type { NewTokenParameters } from './token-parameters.js';
import { TokenRepository } from './token.repository.js';

/** Use cases of tokens: a card that can be used once. */
@Injectable()
export class Tokens {
  constructor(
    private readonly keyed: KeyedTransaction,
    private readonly stored: TokenRepository,
    private readonly clocks: AccountClocks,
    private readonly hash: KeyedHash,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  create(claim: RequestClaim, card: NewTokenParameters): Promise<KeyedAnswer> {
    const { account } = claim;
    const createdAt = this.clocks.now(account);
    const read = readInstrument({ source: card, param: 'card' }, this.hash, createdAt);
    return this.keyed.answer(claim, async (tx) => {
      if (read.kind === 'refused') return read.error.answer;
      const token = { id: this.ids.next('tok'), account, createdAt, instrument: read.instrument, used: false };
      await this.stored.insert(tx, token);
      return { status: 200, body: jsonText(tokenObject(token)) };
    });
  }

  /** @throws StripeError 404 */
  async retrieve(account: string, id: string): Promise<object> {
    const token = await this.stored.find(account, id);
    if (!token) throw resourceMissing('token', id, 'token');
    return tokenObject(token);
  }
}
