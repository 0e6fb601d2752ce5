import { describe as suite, expect, it } from '@jest/globals';
import type { ChargeEvidence, BankEntry, Evidence, ReceivedRequest, ToldAnswer } from './evidence.js';
import type { ApiExchange } from './history.js';
import { check, describe, invariants } from './invariants.js';
import { aCharge, aRefund, aTransaction } from './testing/rows.js';

const aim = { account: 'acct_1', currency: 'usd', at: 0, type: 'entry' } as const;
const authorization = (chargeId: string, bankId = `auth_${chargeId}`): BankEntry => ({
  ...aim,
  bank: 'alder',
  chargeId,
  kind: 'authorization',
  bankId,
  reference: bankId,
  seq: 1,
  amountMinor: 500,
});
const capture = (chargeId: string, bankId = `cap_${chargeId}`): BankEntry => ({
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
/** An authorization performed by the given attempt. */
const attempted = (bank: string, attempt: number): BankEntry => ({
  ...authorization('ch_other', `auth_${attempt}`),
  bank,
  reference: 'ch_other.authorize',
  attemptId: `ch_other.authorize.${attempt}`,
});
const taken = (bank: string): BankEntry[] =>
  ['auth_1', 'auth_2'].map((reverses) => ({
    ...authorization('ch_other', `reversal_of_${reverses}`),
    bank,
    kind: 'reversal',
    reverses,
  }));
const voided = (chargeId: string): BankEntry => ({
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
const refund = (amountMinor: number, refundId = 're_1', bankId = `ref_${refundId}`): BankEntry => ({
  ...capture('ch_won', bankId),
  kind: 'refund',
  of: 'cap_ch_won',
  reference: `ch_won.refund.${refundId}`,
  amountMinor,
});
const transfer = {
  chargeId: 'ch_won',
  debitAccount: 'bank_receivable:alder:usd',
  creditAccount: 'merchant:acct_1:usd',
  amountMinor: 500,
  currency: 'usd',
  bankId: null,
};
const refunded = {
  ...transfer,
  debitAccount: 'merchant:acct_1:usd',
  creditAccount: 'bank_receivable:alder:usd',
  amountMinor: 200,
};
const told = { account: 'acct_1', asked: 'charge' } as const;
const charge = (id: string, different: Partial<ChargeEvidence>): ChargeEvidence =>
  aCharge(id, { amountMinor: 500, capturedMinor: null, ...different });

const sound: Evidence = {
  history: [
    { ...told, key: 'k1', kind: 'ok', status: 200, body: '{"status":"succeeded"}', chargeId: 'ch_won' },
    { ...told, key: 'k1', kind: 'ok', status: 200, body: '{"status":"succeeded"}', chargeId: 'ch_won' },
    { ...told, key: 'k1', kind: 'fail', status: 409, body: '{"error":{}}' },
    { ...told, key: 'k2', kind: 'fail', status: 402, body: '{"error":{}}', chargeId: 'ch_lost' },
    { ...told, key: 'k3', kind: 'info' },
    {
      ...told,
      asked: 'refund',
      key: 'k4',
      kind: 'ok',
      status: 200,
      body: '{"id":"re_1","status":"succeeded"}',
      chargeId: 'ch_won',
    },
  ],
  charges: [
    charge('ch_won', { state: 'succeeded', capturedMinor: 500 }),
    charge('ch_lost', { state: 'failed' }),
    charge('ch_held', { state: 'authorized' }),
  ],
  refunds: [aRefund('re_1', { chargeId: 'ch_won', amountMinor: 200 })],
  balanceTransactions: [
    aTransaction('ch_won', { amountMinor: 500, netMinor: 500 }),
    aTransaction('re_1', { amountMinor: -200, netMinor: -200 }),
  ],
  holds: [
    { chargeId: 'ch_won', state: 'posted', amountMinor: 500, postedMinor: 500 },
    { chargeId: 'ch_lost', state: 'released', amountMinor: 500, postedMinor: null },
    { chargeId: 'ch_held', state: 'pending', amountMinor: 500, postedMinor: null },
  ],
  transfers: [
    { ...transfer, effect: 'hold', kind: 'pending', resolves: null, bankId: 'auth_ch_won' },
    { ...transfer, effect: 'capture', kind: 'post', resolves: 'hold', bankId: 'cap_ch_won' },
    { ...refunded, effect: 'refund_hold:re_1', kind: 'pending', resolves: null },
    { ...refunded, effect: 'refund:re_1', kind: 'post', resolves: 'refund_hold:re_1', bankId: 'ref_re_1' },
  ],
  entries: [
    authorization('ch_won'),
    capture('ch_won'),
    refund(200),
    authorization('ch_lost'),
    voided('ch_lost'),
    authorization('ch_held'),
  ],
  requests: [],
  unanswered: [],
  exchanges: [],
  faults: [],
  unsent: 0,
  parked: 0,
};
const received = (attemptId: string, operation: ReceivedRequest['operation'] = 'capture'): ReceivedRequest => ({
  type: 'request',
  at: 0,
  bank: 'alder',
  operation,
  attemptId,
});
const brokenBy = (change: Partial<Evidence>) => check({ ...sound, ...change }).violations.map(({ id }) => id);

const but = <Row extends { id: string }>(rows: readonly Row[], id: string, change: Partial<Row>): Row[] =>
  rows.map((row) => (row.id === id ? { ...row, ...change } : row));
const heard = (
  asked: ToldAnswer['asked'],
  status: number,
  body: string,
  chargeId: string,
  key = 'k9',
): Partial<Evidence> => ({
  history: [...sound.history, { ...told, asked, key, kind: 'ok', status, body, chargeId }],
});
const held = { ...transfer, kind: 'pending', resolves: null } as const;
const suspended = {
  ...transfer,
  chargeId: 'ch_x',
  effect: 'stray',
  kind: 'single',
  resolves: null,
  debitAccount: 'fees:usd',
  creditAccount: 'suspense:alder:usd',
} as const;

suite('the verdict', () => {
  it('passes a sound run, and states the number of charges', () => {
    expect(check(sound)).toEqual({ holds: true, charges: 3, violations: [] });
    expect(describe(check(sound))).toBe('3 charges: charges, ledger and journals agree');
  });

  it.each<[string, Partial<Evidence>]>([
    ['A1', { entries: [...sound.entries, authorization('ch_won', 'auth_again')] }],
    ['A1', { entries: [...sound.entries, attempted('cedar', 1), attempted('cedar', 2), ...taken('cedar')] }],
    ['A1', { requests: [received('ch_won.capture.1'), received('ch_won.capture.1')] }],
    ['A2', { charges: but(sound.charges, 'ch_won', { capturedMinor: 400 }) }],
    ['A2', { entries: sound.entries.filter(({ chargeId }) => chargeId !== 'ch_held') }],
    ['A2', { holds: sound.holds.filter(({ chargeId }) => chargeId !== 'ch_held') }],
    ['A3', { entries: sound.entries.filter(({ kind }) => kind !== 'void') }],
    ['A3', { holds: sound.holds.map((hold) => (hold.chargeId === 'ch_lost' ? { ...hold, state: 'pending' } : hold)) }],
    ['A3', { transfers: [...sound.transfers, { ...held, chargeId: 'ch_lost', effect: 'hold' }] }],
    ['A3', { transfers: [...sound.transfers, { ...held, chargeId: 'ch_won', effect: 'refund_hold:re_2' }] }],
    ['A3', { charges: but(sound.charges, 'ch_held', { state: 'canceled' }) }],
    ['A3', { entries: [...sound.entries, authorization('ch_nobodys')] }],
    ['A15', { unanswered: [{ account: 'acct_1', key: 'k3' }] }],
    ['A4', heard('charge', 200, '{"status":"pending"}', 'ch_won', 'k1')],
    ['A5', { refunds: [...sound.refunds, { ...sound.refunds[0]!, id: 're_2', state: 'succeeded' }] }],
    ['A5', { refunds: but(sound.refunds, 're_1', { amountMinor: 100 }) }],
    ['A6', { transfers: [...sound.transfers, suspended] }],
    ['A6', { transfers: [...sound.transfers, { ...transfer, effect: 'void', kind: 'void', resolves: 'hold' }] }],
    ['A7', { charges: [...sound.charges, charge('ch_open', { state: 'requested', awaiting: true })] }],
    ['A7', { unsent: 1 }],
    ['A7', { parked: 1 }],
    ['A9', { balanceTransactions: sound.balanceTransactions.slice(0, 1) }],
    ['A10', { charges: sound.charges.map((row) => ({ ...row, events: 4 })) }],
    ['A15', heard('charge', 402, '{}', 'ch_won')],
    ['A15', heard('charge', 200, '{}', 'ch_gone')],
    ['A15', heard('capture', 200, '{"status":"succeeded","captured":true}', 'ch_held')],
    ['A15', heard('refund', 200, '{"id":"re_1","status":"failed"}', 'ch_won')],
  ])('reports %s and no other promise when only that is broken', (id, change) => {
    expect(brokenBy(change)).toEqual([id]);
  });

  it('allows an authorized charge to end in any way later', () => {
    const authorized = heard('charge', 200, '{"status":"succeeded","captured":false}', 'ch_held');
    expect(brokenBy(authorized)).toEqual([]);
  });

  it('reports a capture that only the bank or only the ledger has', () => {
    expect(brokenBy({ entries: [...sound.entries, capture('ch_stray')] })).toEqual(['A3', 'A8']);
    expect(brokenBy({ entries: sound.entries.filter(({ kind }) => kind !== 'capture') })).toEqual(['A2', 'A8']);
  });

  it('reports a refund that was performed twice', () => {
    const second = refund(200, 're_1', 'ref_again');
    expect(brokenBy({ entries: [...sound.entries, second] })).toEqual(['A5', 'A8']);
    const reversal: BankEntry = { ...second, bankId: 'rev_1', kind: 'reversal', reverses: 'ref_again' };
    expect(brokenBy({ entries: [...sound.entries, second, reversal] })).toEqual([]);
  });

  it('allows a stray to be posted to suspense until its bank reverses it', () => {
    const reversal: BankEntry = { ...capture('ch_stray', 'rev_1'), kind: 'reversal', reverses: 'cap_ch_stray' };
    const stray = { ...suspended, chargeId: 'ch_stray', debitAccount: 'bank_receivable:alder:usd' };
    const posted = { ...stray, effect: 'stray:cap_ch_stray', bankId: 'cap_ch_stray' };
    const undone = {
      ...stray,
      effect: 'stray_undone:cap_ch_stray',
      bankId: 'rev_1',
      debitAccount: stray.creditAccount,
      creditAccount: stray.debitAccount,
    };
    const entries = [...sound.entries, capture('ch_stray'), reversal];
    expect(brokenBy({ entries, transfers: [...sound.transfers, posted, undone] })).toEqual([]);
    expect(brokenBy({ entries, transfers: [...sound.transfers, posted] })).toEqual(['A6', 'A8']);
  });

  it('does not count a reversed capture', () => {
    const reversal: BankEntry = { ...capture('ch_stray', 'rev_1'), kind: 'reversal', reverses: 'cap_ch_stray' };
    expect(brokenBy({ entries: [...sound.entries, capture('ch_stray'), reversal] })).toEqual([]);
  });

  it('allows a repeated inquiry, as after the takeover of an operation', () => {
    const asked = received('ch_won.capture.inquiry.1', 'inquire');
    expect(brokenBy({ requests: [asked, asked, received('ch_won.capture.1'), received('ch_won.capture.2')] })).toEqual(
      [],
    );
  });

  it('A17: an operation that no request made', () => {
    const asked: ApiExchange = {
      account: 'acct_1',
      key: 'another',
      method: 'POST',
      path: '/v1/charges',
      parameters: { amount: '500', currency: 'usd', source: 'tok_visa' },
      sentMs: 0,
      endedMs: 1,
    };
    const apiIsAway = { kind: 'killed', at: { service: 'payments-api' }, fromMs: 0, untilMs: 1 } as const;
    expect(brokenBy({ exchanges: [asked], faults: [apiIsAway] })).toEqual(['A17']);
  });

  it('A16: a refusal that no fault explains', () => {
    const refused: ApiExchange = {
      account: 'acct_1',
      method: 'GET',
      path: '/v1/charges/ch_won',
      parameters: {},
      sentMs: 0,
      endedMs: 1,
      answer: { status: 500, body: '{"error":{"type":"api_error","message":"no"}}', replayed: false },
    };
    expect(brokenBy({ exchanges: [refused] })).toContain('A16');
  });

  it('breaks A12 when an endpoint got what no event is', () => {
    const receipts = [{ endpointId: 'we_1', eventId: 'evt_1', isVerified: true, isTaken: true }];
    const webhooks = { events: [], endpoints: [{ id: 'we_1', account: 'acct_1' }], receipts };
    expect(brokenBy({ webhooks })).toContain('A12');
  });

  it('has a test that breaks each invariant', () => {
    const ids = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'A9', 'A10', 'A12', 'A15', 'A16', 'A17'];
    expect(invariants.map(({ id }) => id)).toEqual(ids);
  });
});
