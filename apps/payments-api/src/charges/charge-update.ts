import type { Database, PgTransaction } from '#postgres';
import type { Clock } from '#clock';
import { ParameterReader } from '../http/parameter-reader.js';
import type { Parameters } from '../http/parameters.js';
import { apiError, resourceMissing } from '../http/stripe-error.js';
import { jsonText } from '../http/json-text.js';
import { rulingOn, type Claim } from '../idempotency/key.js';
import { claimKeys, readKeys, storeAnswers } from '../idempotency/key.repository.js';
import { tryAgain } from '../idempotency/try-again.js';
import { chargeObject } from './charge-object.js';
import { record } from './charge-record.js';
import type { OpenedCharge } from './charge.js';
import type { KeyedAnswer } from './charge-intake.js';
import type { ChargeRepository } from './charge.repository.js';
import { readChanges } from './details.js';
import { readExpand } from './expand.js';

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

/** `POST /v1/charges/:id`: key, change and answer in one transaction, so nothing is ever waited for. */
export class ChargeUpdate {
  constructor(
    private readonly database: Database,
    private readonly charges: ChargeRepository,
    private readonly clock: Clock,
    private readonly limits: { readonly commitWithinMs: number },
  ) {}

  /** @throws StripeError 404 when the account has no such charge; nothing is stored under the key then */
  async update(id: string, parameters: Parameters, claim: Claim): Promise<KeyedAnswer> {
    const reader = new ParameterReader(parameters, known);
    const customer = reader.text('customer', { max: 255 });
    if (customer !== undefined) throw resourceMissing('customer', customer, 'customer', 400);
    const expand = readExpand(reader);
    const isTransient = (error: unknown): boolean => this.database.isTransient(error);
    try {
      return await tryAgain(
        () => this.database.transaction((tx) => this.updateIn(tx, id, reader, { ...claim, expand })),
        { clock: this.clock, forMs: this.limits.commitWithinMs, isTransient },
      );
    } catch (error) {
      if (isTransient(error)) throw apiError('The update could not be stored in time. Repeat it under the same key.');
      throw error;
    }
  }

  private async updateIn(tx: PgTransaction, id: string, reader: ParameterReader, claim: Claim): Promise<KeyedAnswer> {
    const ours = await claimKeys(tx, [claim]);
    if (ours.size === 0) {
      const [row] = (await readKeys(tx, [claim])).values();
      const ruling = row && rulingOn(row, claim);
      // Only a create leaves a key without an answer, and its endpoint is another.
      if (ruling?.kind !== 'answered') throw apiError('The key was being pruned. Repeat the request.');
      return { answer: ruling.answer, originalRequestId: row!.requestId };
    }
    const before = (await this.charges.load(tx, [id])).get(id);
    const { charge } = before;
    // Another account's charge looks like none at all.
    if (charge.state === 'none' || charge.opening.account !== claim.account) throw resourceMissing('charge', id, 'id');
    const changes = readChanges(reader, charge.details);
    const after = record(before, { type: 'updated', changes });
    if (Object.keys(changes).length > 0) await this.charges.save(tx, [{ id, state: after }]);
    const object = chargeObject(after.charge as OpenedCharge, claim.expand, this.clock.now());
    const answer = { status: 200, body: jsonText(object) };
    await storeAnswers(tx, [{ ...claim, answer }]);
    return { answer, originalRequestId: claim.requestId };
  }
}
