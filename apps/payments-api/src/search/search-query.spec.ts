import { describe, expect, it } from '@jest/globals';
import { StripeError } from '../protocol/stripe-error.js';
import { matches } from './search-match.js';
import { parseSearchQuery, type SearchFields } from './search-query.js';

const fields: SearchFields = new Map([
  ['amount', 'number'],
  ['card.last4', 'token'],
  ['email', 'string'],
  ['refunded', 'token'],
]);

const object = {
  amount: 1000,
  card: { last4: '4242' },
  email: 'Amy@rocketrides.io',
  metadata: { 'order "1"': 'A b', empty: '' },
  refunded: false,
};

const found = (query: string): boolean => matches(object, parseSearchQuery(query, fields));

describe('a search query', () => {
  it.each([
    ['email:"amy@rocketrides.io"', true],
    ["email:'amy@rocketrides.io'", true],
    ['email:"amy"', false],
    ['email~"rocket"', true],
    ['-email~"rocket"', false],
    ['amount:1000', true],
    ['amount="1000"', true],
    ['amount>999', true],
    ['amount>1000', false],
    ['amount>=1000', true],
    ['amount<=999', false],
    ['amount < 1001', true],
    ['card.last4:4242', true],
    ['card.last4:"4242"', true],
    ['refunded:"false"', true],
    ['-refunded:"true"', true],
    ['metadata["order \\"1\\""]:"a B"', true],
    [`metadata['order "1"']:'a b'`, true],
    ['metadata["missing"]:null', true],
    ['-metadata["missing"]:null', false],
    ['-metadata["empty"]:null', true],
    ['metadata["missing"]:"x"', false],
    ['-metadata["missing"]:"x"', true],
    ['metadata["toString"]:null', true],
    ['email:"x" AND amount:1000', false],
    ['email:"x" OR amount:1000', true],
    ['email:"x" or -amount:1000', false],
    ['email~"rides" amount:1000 -refunded:"true"', true],
    ['email~"rides" amount:1', false],
    ['email~"rides"AND amount:1000', true],
  ])('%s: %p', (query, expected) => {
    expect(found(query)).toBe(expected);
  });

  it.each([
    ['', 'it has no clause'],
    ['email', 'an operator (: ~ >= <= > < =) is missing'],
    ['email:', 'the value of email: must be a number, null, or stand in quotation marks'],
    ['email:amy', 'the value of email: must be a number, null, or stand in quotation marks'],
    ['email:"amy', 'the value of email: must be a number, null, or stand in quotation marks'],
    ['(email:"amy")', "a field is missing at '(email"],
    ['metadata:"x"', 'metadata is searched by a key'],
    ['name:"x"', 'Field `name` is an unsupported search field. Supported are amount, card.last4,'],
    ['email:"a" AND amount:1 OR amount:2', 'A query can use AND or OR, and not both.'],
    ['email:"a" amount:1 OR amount:2', 'A query can use AND or OR, and not both.'],
    ['email~"ab"', '`~` needs at least 3 characters'],
    ['email>"a"', '`email` is text, which `>` cannot compare.'],
    ['card.last4~"424"', '`card.last4` can be matched exactly alone'],
    ['amount~"100"', '`amount` is a number, which `~` cannot search.'],
    ['amount:"many"', '`amount` is compared with a number.'],
    ['amount>null', '`amount` can be compared with null by `:` alone.'],
    [Array(11).fill('amount:1').join(' '), 'it has more than 10 clauses'],
  ])('%s is refused', (query, message) => {
    let error: unknown;
    try {
      parseSearchQuery(query, fields);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(StripeError);
    expect((error as StripeError).body).toMatchObject({ type: 'invalid_request_error', param: 'query' });
    expect((error as StripeError).message).toContain(message);
  });
});
