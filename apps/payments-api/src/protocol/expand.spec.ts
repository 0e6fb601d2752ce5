import { describe, expect, it } from '@jest/globals';
import { expandParameters, type Expandable } from './expand.js';
import { parseForm } from './parameters.js';
import { readParameters } from './read-parameters.js';

const read = (object: Expandable | null, path: string): readonly string[] =>
  readParameters(expandParameters(object), parseForm(`expand[]=${path}`)).expand;

describe('expand', () => {
  it.each<[Expandable, string]>([
    ['charge', 'balance_transaction.source.balance_transaction.source'],
    ['charge', 'refunds.data.balance_transaction.source'],
    ['charge', 'refunds.data.charge.refunds'],
    ['charge', 'transfer'],
    ['charge', 'transfer_data.destination'],
    ['charge', 'payment_method_details.card.mandate'],
    ['charge', 'failure_balance_transaction'],
    ['refund', 'charge.refunds.data.charge'],
    ['refund', 'balance_transaction.source.charge'],
    ['refund', 'failure_balance_transaction'],
    ['refund', 'customer'],
    ['balance_transaction', 'source.refunds.data.charge'],
    ['balance_transaction', 'source.charge.balance_transaction.source'],
  ])('of a %s takes %s', (object, path) => {
    expect(read(object, path)).toEqual([path]);
  });

  it.each<[Expandable, string]>([
    ['charge', 'amount'],
    ['charge', 'charge'],
    ['charge', 'refunds.balance_transaction'],
    ['charge', 'transfer.destination.more'],
    ['charge', 'balance_transaction.charge'],
    ['refund', 'source'],
    ['balance_transaction', 'source.source'],
    ['balance_transaction', ''],
  ])('of a %s refuses %s', (object, path) => {
    const refusal = { message: `This property cannot be expanded (${path}).`, param: 'expand[0]' };
    expect(() => read(object, path)).toThrow(expect.objectContaining({ body: expect.objectContaining(refusal) }));
  });

  it('goes down four levels', () => {
    const path = 'refunds.data.balance_transaction.source.charge';
    const message = `You cannot expand more than 4 levels of a property. Property: ${path}`;
    expect(() => read('charge', path)).toThrow(message);
  });

  it('has nothing to name in an object without properties to expand', () => {
    expect(() => read(null, 'available')).toThrow('This property cannot be expanded (available).');
  });
});
