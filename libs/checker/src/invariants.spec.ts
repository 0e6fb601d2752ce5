import { describe as suite, expect, it } from '@jest/globals';
import type { Entry, Evidence } from './evidence.js';
import { check, describe, invariants } from './invariants.js';

const aim = { account: 'acct_1', currency: 'usd', at: 0, type: 'entry' } as const;
const authorization = (chargeId: string, bankId = `auth_${chargeId}`): Entry => ({
  ...aim,
  bank: 'alder',
  chargeId,
  kind: 'authorization',
  bankId,
  reference: bankId,
  seq: 1,
  amountMinor: 500,
});
const capture = (chargeId: string, bankId = `cap_${chargeId}`): Entry => ({
  ...aim,
  bank: 'alder',
  chargeId,
  kind: 'capture',
  bankId,
  of: `auth_${chargeId}`,
  reference: bankId,
  seq: 2,
  amountMinor: 500,
});
const voided = (chargeId: string): Entry => ({
  ...aim,
  bank: 'alder',
  chargeId,
  kind: 'void',
  bankId: `void_${chargeId}`,
  of: `auth_${chargeId}`,
  reference: 'v',
  seq: 3,
  amountMinor: 500,
});
const transfer = {
  chargeId: 'ch_won',
  debitAccount: 'bank_receivable:alder:usd',
  creditAccount: 'merchant:acct_1:usd',
  amountMinor: 500,
  currency: 'usd',
};

const sound: Evidence = {
  history: [
    { account: 'acct_1', key: 'k1', kind: 'ok', status: 200, body: '{"status":"succeeded"}', chargeId: 'ch_won' },
    { account: 'acct_1', key: 'k1', kind: 'ok', status: 200, body: '{"status":"succeeded"}', chargeId: 'ch_won' },
    { account: 'acct_1', key: 'k1', kind: 'fail', status: 409, body: '{"error":{}}' },
    { account: 'acct_1', key: 'k2', kind: 'fail', status: 402, body: '{"error":{}}', chargeId: 'ch_lost' },
    { account: 'acct_1', key: 'k3', kind: 'info' },
  ],
  charges: [
    { id: 'ch_won', account: 'acct_1', state: 'succeeded', amountMinor: 500, currency: 'usd', version: 2, events: 2 },
    { id: 'ch_lost', account: 'acct_1', state: 'failed', amountMinor: 500, currency: 'usd', version: 2, events: 2 },
  ],
  holds: [
    { chargeId: 'ch_won', state: 'posted', amountMinor: 500, postedMinor: 500 },
    { chargeId: 'ch_lost', state: 'released', amountMinor: 500, postedMinor: null },
  ],
  transfers: [
    { ...transfer, effect: 'hold', kind: 'pending', resolves: null },
    { ...transfer, effect: 'post', kind: 'post', resolves: 'hold' },
  ],
  entries: [authorization('ch_won'), capture('ch_won'), authorization('ch_lost'), voided('ch_lost')],
  unsent: 0,
  parked: 0,
};
const brokenBy = (change: Partial<Evidence>) => check({ ...sound, ...change }).violations.map(({ id }) => id);

suite('the verdict', () => {
  it('passes a sound run, and says how much it looked at', () => {
    expect(check(sound)).toEqual({ holds: true, charges: 2, violations: [] });
    expect(describe(check(sound))).toBe('2 charges: charges, ledger and journals agree');
  });

  it.each<[string, Partial<Evidence>]>([
    ['A1', { entries: [...sound.entries, authorization('ch_won', 'auth_again')] }],
    ['A2', { transfers: sound.transfers.slice(0, 1), entries: sound.entries.filter(({ kind }) => kind !== 'capture') }],
    ['A3', { entries: sound.entries.filter(({ kind }) => kind !== 'void') }],
    ['A3', { holds: sound.holds.map((hold) => ({ ...hold, state: 'pending' })) }],
    [
      'A4',
      {
        history: [
          ...sound.history,
          { account: 'acct_1', key: 'k1', kind: 'ok', status: 200, body: '{"status":"pending"}', chargeId: 'ch_won' },
        ],
      },
    ],
    [
      'A6',
      {
        transfers: [
          ...sound.transfers,
          {
            ...transfer,
            chargeId: 'ch_x',
            effect: 'stray',
            kind: 'single',
            resolves: null,
            debitAccount: 'fees:usd',
            creditAccount: 'suspense:alder:usd',
          },
        ],
      },
    ],
    ['A6', { transfers: [...sound.transfers, { ...transfer, effect: 'void', kind: 'void', resolves: 'hold' }] }],
    ['A7', { charges: [...sound.charges, { ...sound.charges[0]!, id: 'ch_open', state: 'requested' }] }],
    ['A7', { unsent: 1 }],
    ['A7', { parked: 1 }],
    ['A10', { charges: sound.charges.map((charge) => ({ ...charge, events: 3 })) }],
    ['A15', { history: [{ account: 'acct_1', key: 'k9', kind: 'fail', status: 402, body: '{}', chargeId: 'ch_won' }] }],
    ['A15', { history: [{ account: 'acct_1', key: 'k9', kind: 'ok', status: 200, body: '{}', chargeId: 'ch_gone' }] }],
  ])('names %s, and nothing else, when only that is broken', (id, change) => {
    expect(brokenBy(change)).toEqual([id]);
  });

  it('names a capture that the books do not know, from both sides', () => {
    expect(brokenBy({ entries: [...sound.entries, capture('ch_stray')] })).toEqual(['A8']);
    expect(brokenBy({ entries: sound.entries.filter(({ kind }) => kind !== 'capture') })).toEqual(['A2', 'A8']);
  });

  it('counts a capture as undone when it was refunded or reversed', () => {
    const reversal: Entry = { ...capture('ch_stray', 'rev_1'), kind: 'reversal', reverses: 'cap_ch_stray' };
    expect(brokenBy({ entries: [...sound.entries, capture('ch_stray'), reversal] })).toEqual([]);
  });

  it('has every invariant broken by some test here', () => {
    expect(invariants.map(({ id }) => id)).toEqual(['A1', 'A2', 'A3', 'A4', 'A6', 'A7', 'A8', 'A10', 'A15']);
  });
});
