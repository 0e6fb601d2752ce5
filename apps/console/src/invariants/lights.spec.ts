import { describe, expect, it } from '@jest/globals';
import { lightsOf, type InvariantReadings } from './lights.js';

const told = <View>(view: View) => ({ kind: 'told', view }) as const;
const bank = {
  bank: 'alder',
  currency: 'usd',
  booksMinor: 500,
  statementMinor: 300,
  underWayMinor: 200,
  differencesMinor: 0,
};
const sound = {
  trialBalance: told({
    balanced: true,
    currencies: [{ currency: 'usd', sumMinor: 0, suspenseMinor: 0 }],
    miscounted: [],
  }),
  balances: told({ currencies: [{ currency: 'usd', sumMinor: 0, suspenseMinor: 0 }], kinds: [] }),
  books: told({ banks: [bank], statements: [{ bank: 'alder', ageSeconds: 3, missingUntil: null }], differences: [] }),
  keyAudit: told({ charges: 12, shared: [] }),
} satisfies InvariantReadings;
const states = (readings: Partial<InvariantReadings>) =>
  Object.fromEntries(lightsOf({ ...sound, ...readings }).map(({ id, state }) => [id, state]));
const allHold = { balanced: 'holds', suspense: 'holds', journals: 'holds', keys: 'holds' };
const difference = { kind: 'unknown_to_ledger', bank: 'alder', chargeId: 'ch_1', bankId: 'alder_capt_1' };

describe('the lights', () => {
  it('are green while everything holds', () => {
    expect(states({})).toEqual(allHold);
  });

  it.each([
    [{ trialBalance: told({ ...sound.trialBalance.view, balanced: false, miscounted: ['fees:usd'] }) }, 'balanced'],
    [
      {
        trialBalance: told({
          balanced: false,
          currencies: [{ currency: 'usd', sumMinor: 1, suspenseMinor: 0 }],
          miscounted: [],
        }),
      },
      'balanced',
    ],
    [
      { balances: told({ currencies: [{ currency: 'usd', sumMinor: 0, suspenseMinor: 2000 }], kinds: [] }) },
      'suspense',
    ],
    [{ books: told({ ...sound.books.view, differences: [difference] }) }, 'journals'],
    [{ books: told({ ...sound.books.view, banks: [{ ...bank, underWayMinor: 0 }] }) }, 'journals'],
    [
      { books: told({ ...sound.books.view, statements: [{ bank: 'alder', ageSeconds: 3, missingUntil: 9 }] }) },
      'journals',
    ],
    [
      { keyAudit: told({ charges: 2, shared: [{ account: 'acct_1', key: 'k', chargeIds: ['ch_1', 'ch_2'] }] }) },
      'keys',
    ],
  ])('turn red each by its own breach: %#', (breach, id) => {
    expect(states(breach)).toEqual({ ...allHold, [id]: 'broken' });
  });

  it('are neither green nor red while nothing is known', () => {
    const away = { kind: 'away', because: 'http://ledger:3003: ECONNREFUSED' } as const;
    expect(states({ trialBalance: away, balances: undefined, books: away })).toEqual({
      balanced: 'unknown',
      suspense: 'unknown',
      journals: 'unknown',
      keys: 'holds',
    });
    const stale = { ...sound.books.view, statements: [{ bank: 'alder', ageSeconds: 90, missingUntil: null }] };
    expect(states({ books: told(stale) })).toMatchObject({ journals: 'unknown' });
  });

  it('say the amount in units and name what is wrong', () => {
    const texts = lightsOf({
      ...sound,
      balances: told({ currencies: [{ currency: 'usd', sumMinor: 0, suspenseMinor: 2000 }], kinds: [] }),
      books: told({ ...sound.books.view, differences: [difference, difference] }),
    }).map(({ text }) => text);
    expect(texts).toContain('suspense holds 20.00 usd');
    expect(texts).toContain('alder and the books differ about alder_capt_1 of ch_1, and 1 more');
  });
});
