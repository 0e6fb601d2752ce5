import { expect, it } from '@jest/globals';
import { deadLetterOf } from './dead-letter.js';
import { storable } from './inbox.repository.js';
import type { Delivery } from './store.js';

it('a stored error message contains no card number and no null character', () => {
  const error = new Error('invalid value "4242 4242 4242 4242\0"');
  expect(storable(error.message)).toBe('invalid value "[hidden]\\0"');
  const delivery = { event: {}, origin: {} } as Delivery;
  const { deadLetter } = deadLetterOf(delivery, { service: 'ledger', error, attempts: 1 });
  expect(deadLetter?.error).toContain('[hidden]');
});
