import { describe, expect, it } from '@jest/globals';
import { noon } from '../../test/two-accounts.js';
import { disagreements, show, type StateOfTheBooks } from './state-of-the-books.js';

const sound: StateOfTheBooks = {
  at: noon,
  currencies: [{ currency: 'usd', sumMinor: 0, suspenseMinor: 0 }],
  banks: [
    {
      bank: 'cedar',
      currency: 'usd',
      booksMinor: 123_456,
      statementMinor: 123_000,
      underWayMinor: 456,
      differencesMinor: 0,
    },
  ],
  statements: [
    { bank: 'cedar', through: 7, comparedThrough: 5, completeAt: noon - 4_000, ageSeconds: 4, missingUntil: null },
  ],
  differences: [],
};
const difference = {
  id: 'cedar.cedar_3.unknown_to_ledger',
  kind: 'unknown_to_ledger',
  bank: 'cedar',
  movement: 'capture',
  chargeId: 'ch_1',
  account: 'acct_1',
  bankId: 'cedar_3',
  reference: 'ch_1.capture',
  amountMinor: 900,
  currency: 'usd',
  foundAt: noon - 34_000,
  timesReported: 2,
  resolvedAt: null,
  resolution: null,
} as const;

describe('the state of the books', () => {
  it('has no disagreement when every sum is zero and banks agree, apart from charges under way', () => {
    expect(disagreements(sound)).toEqual([]);
    expect(show(sound).split('\n')).toEqual([
      'The books at 2026-01-01T12:00:00.000Z',
      '',
      'currency  debits − credits  suspense',
      'usd                   0.00      0.00',
      '',
      'bank owes us       by the books  by its statement  under way  in differences  unexplained',
      'cedar         usd       1234.56           1230.00       4.56            0.00         0.00',
      '',
      'statement of  entries  compared  asked for',
      'cedar               7         5  4 s ago',
      '',
      'Banks and books agree.',
    ]);
  });

  it('names each sum that is not zero', () => {
    const currencies = [{ currency: 'usd', sumMinor: 5, suspenseMinor: -900 }];
    expect(disagreements({ ...sound, currencies })).toEqual([
      'debits and credits differ by 0.05 usd',
      'suspense holds -9.00 usd',
    ]);
  });

  it('names an unexplained difference between a bank and the books', () => {
    const banks = [{ ...sound.banks[0]!, underWayMinor: 0 }];
    expect(disagreements({ ...sound, banks })).toEqual([
      'cedar: books and statement differ by 4.56 usd that no charge explains',
    ]);
  });

  it('names a bank with a stale or incomplete statement', () => {
    const statement = sound.statements[0]!;
    expect(disagreements({ ...sound, statements: [{ ...statement, ageSeconds: 340 }] })).toEqual([
      'cedar: its statement is 6 min old',
    ]);
    expect(disagreements({ ...sound, statements: [{ ...statement, missingUntil: 9 }] })).toEqual([
      'cedar: pages of its statement before entry 9 are missing',
    ]);
    expect(disagreements({ ...sound, statements: [] })).toEqual(['cedar: it has told nothing yet']);
  });

  it('names every open difference, with its age', () => {
    const state = { ...sound, differences: [difference] };
    expect(disagreements(state)).toEqual(['1 open difference, the oldest of 34 s']);
    expect(show(state)).toContain('unknown_to_ledger  cedar  capture   9.00 usd  cedar_3    ch_1    34 s  2×');
  });
});
