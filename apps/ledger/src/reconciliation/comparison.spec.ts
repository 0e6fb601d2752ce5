import { describe, expect, it } from '@jest/globals';
import { account, chargeId } from '../../test/charge.js';
import { accounts, booked, graceMs, noon, stated } from '../../test/two-accounts.js';
import { compare, resolutionOf, type BookedTransfer, type StatedEntry } from './comparison.js';

/** `kind bank-id`, with a question mark within the grace period. */
const found = (entries: StatedEntry[], transfers: BookedTransfer[], other = {}): string[] =>
  compare(accounts(entries, transfers, other)).map(
    ({ difference, due }) => `${difference.kind} ${difference.bankId}${due ? '' : '?'}`,
  );

const authorized = stated('authorization', 'a1');
const captured = stated('capture', 'c1', { of: 'a1' });
const held = booked('hold', 'a1');
const posted = booked('capture', 'c1');

describe('a bank and the books agree', () => {
  it('about a held charge, and a captured one', () => {
    expect(found([authorized], [held])).toEqual([]);
    expect(found([authorized, captured], [held, posted])).toEqual([]);
  });

  it('about a partial capture', () => {
    const part = { amountMinor: 500 };
    expect(found([authorized, { ...captured, ...part }], [held, { ...posted, ...part }])).toEqual([]);
  });

  it('about movements that were voided or reversed, or undone before the books had them', () => {
    const release = booked('release', null);
    expect(found([authorized, stated('void', 'v1', { of: 'a1' })], [held, release])).toEqual([]);
    expect(found([authorized, stated('reversal', 'r1', { reverses: 'a1' })], [held, release])).toEqual([]);
    expect(found([authorized, stated('void', 'v1', { of: 'a1' })], [])).toEqual([]);
  });

  it('about refunds, and about a capture that was compensated', () => {
    const refunds = [stated('refund', 'f1', { of: 'c1' }), stated('refund', 'f2', { of: 'c1' })];
    const books = [booked('refund:re_1', 'f1'), booked('refund:re_2', 'f2')];
    expect(found([authorized, captured, ...refunds], [held, posted, ...books])).toEqual([]);
    const compensated = [booked('unmatched_capture', 'c1'), booked('compensation', 'f1')];
    expect(found([authorized, captured, refunds[0]!], compensated)).toEqual([]);
  });

  it('about a capture that was matched when its approval came late: no hold was ever placed', () => {
    expect(found([authorized, captured], [booked('unmatched_capture', 'c1')])).toEqual([]);
  });

  it('about transfers without a bank id', () => {
    expect(found([authorized], [booked('hold', null)])).toEqual([]);
    expect(found([authorized, captured], [booked('hold', null), booked('capture', null)])).toEqual([]);
    expect(found([authorized, captured], [booked('hold', null), posted])).toEqual([]);
    const refund = stated('refund', 'f1', { of: 'c1' });
    const compensated = [booked('unmatched_capture', null), booked('compensation', 'f1')];
    expect(found([authorized, captured, refund], compensated)).toEqual([]);
  });

  it('about a stray that was reversed, once both its sides are posted', () => {
    const stray = stated('capture', 'c2', { of: 'a1' });
    const reversed = stated('reversal', 'r1', { reverses: 'c2' });
    const sides = [booked('stray:c2', 'c2'), booked('stray_undone:c2', 'r1')];
    expect(found([authorized, captured, stray, reversed], [held, posted, ...sides])).toEqual([]);
  });
});

describe('older transfers, without a bank id', () => {
  const old = [booked('hold', null), booked('capture', null)];

  it('match a standing entry at the bank', () => {
    expect(found([authorized], old.slice(0, 1))).toEqual([]);
    expect(found([authorized, captured], old)).toEqual([]);
    expect(found([authorized, captured], [booked('unmatched_capture', null)])).toEqual([]);
    expect(found([authorized, stated('void', 'v1', { of: 'a1' })], [old[0]!, booked('release', null)])).toEqual([]);
  });

  it('do not match a stray, nor hide one: once it is undone, the match is unique', () => {
    const stray = stated('capture', 'c2', { of: 'a1' });
    const both = [authorized, captured, stray];
    expect(found(both, old)).toEqual(['unknown_to_ledger c1', 'unknown_to_ledger c2']);
    expect(found([...both, stated('reversal', 'r1', { reverses: 'c2' })], old)).toEqual([]);
  });

  it('are no difference while the statement lacks the entry', () => {
    expect(found([], old)).toEqual([]);
  });
});

describe('an entry without a transfer', () => {
  it('is a capture, a refund or an authorization that stands at the bank', () => {
    const stray = stated('capture', 'c2', { of: 'a1' });
    expect(found([authorized, captured, stray], [held, posted])).toEqual(['unknown_to_ledger c2']);
    const refund = stated('refund', 'f1', { of: 'c1' });
    expect(found([authorized, captured, refund], [held, posted])).toEqual(['unknown_to_ledger f1']);
    expect(found([stated('authorization', 'a9')], [])).toEqual(['unknown_to_ledger a9']);
  });

  it('has the fields of the bank’s entry', () => {
    const [finding] = compare(accounts([stated('capture', 'c2')], []));
    expect(finding!.difference).toEqual({
      id: 'cedar.c2.unknown_to_ledger',
      kind: 'unknown_to_ledger',
      bank: 'cedar',
      movement: 'capture',
      chargeId,
      account,
      bankId: 'c2',
      reference: `${chargeId}.capture`,
      amountMinor: 900,
      currency: 'usd',
    });
  });

  it('is no difference within the grace period', () => {
    const young = stated('capture', 'c2', { receivedAt: noon - graceMs + 1 });
    expect(found([young], [])).toEqual(['unknown_to_ledger c2?']);
    expect(found([{ ...young, receivedAt: noon - graceMs }], [])).toEqual(['unknown_to_ledger c2']);
  });

  it('is also an authorization that the books have released and the bank has not', () => {
    const release = booked('release', null);
    expect(found([authorized], [held, release])).toEqual(['unknown_to_ledger a1']);
    const justNow = { ...release, knownAt: noon - graceMs + 1 };
    expect(found([authorized], [held, justNow])).toEqual(['unknown_to_ledger a1?']);
  });

  it('is an authorization again when its stray capture was reversed', () => {
    const undone = [stated('capture', 'c9', { of: 'a9' }), stated('reversal', 'r9', { reverses: 'c9' })];
    expect(found([stated('authorization', 'a9'), ...undone], [])).toEqual(['unknown_to_ledger a9']);
  });
});

describe('a transfer without an entry', () => {
  it('is a difference if its bank id is in no statement', () => {
    expect(found([authorized, captured], [held, posted, booked('stray:c7', 'c7')])).toEqual(['unknown_to_bank c7']);
  });

  it('has the fields of the transfer', () => {
    const refund = booked('refund:re_1', 'f1');
    const [finding] = compare(accounts([], [refund]));
    expect(finding!.difference).toMatchObject({
      id: 'cedar.f1.unknown_to_bank',
      movement: 'refund',
      account,
      reference: null,
      amountMinor: 900,
    });
  });

  it('is no difference until the statement was read to the end, well after the commit', () => {
    const transfer = { ...held, knownAt: noon - graceMs + 1 };
    expect(found([], [transfer])).toEqual(['unknown_to_bank a1?']);
    expect(found([], [{ ...held, knownAt: null }])).toEqual(['unknown_to_bank a1?']);
    expect(found([], [held], { completeAt: null })).toEqual(['unknown_to_bank a1?']);
    expect(found([], [{ ...held, knownAt: noon - graceMs }])).toEqual(['unknown_to_bank a1']);
  });

  it('ends when the books have reversed it', () => {
    expect(found([], [booked('stray:c7', 'c7'), booked('stray_undone:c7', null)])).toEqual([]);
  });

  it('is not searched at another bank', () => {
    const elsewhere = { debit: 'bank_receivable:dogwood:usd' };
    expect(found([], [booked('hold', 'd1', elsewhere)])).toEqual([]);
  });
});

describe('a movement that only the bank undid', () => {
  it('is a reversed capture', () => {
    const reversed = stated('reversal', 'r1', { reverses: 'c1' });
    expect(found([authorized, captured, reversed], [held, posted])).toEqual(['undone_at_bank c1']);
    const justNow = { ...reversed, receivedAt: noon };
    expect(found([authorized, captured, justNow], [held, posted])).toEqual(['undone_at_bank c1?']);
  });

  it('is a hold with a voided authorization', () => {
    expect(found([authorized, stated('void', 'v1', { of: 'a1' })], [held])).toEqual(['undone_at_bank a1']);
  });
});

describe('an amount', () => {
  it('or a currency that differs is found at once', () => {
    expect(found([authorized, { ...captured, amountMinor: 901 }], [held, posted])).toEqual(['amount_differs c1']);
    expect(found([{ ...authorized, currency: 'eur' }], [held])).toEqual(['amount_differs a1']);
  });
});

describe('a difference that is no longer found', () => {
  const how = (kind: Parameters<typeof resolutionOf>[0], entries: StatedEntry[], transfers: BookedTransfer[]) =>
    resolutionOf(kind, 'c1', accounts(entries, transfers));

  it('has the resolution that the sides show', () => {
    const reversed = stated('reversal', 'r1', { reverses: 'c1' });
    expect(how('unknown_to_ledger', [captured], [posted])).toBe('booked');
    expect(how('unknown_to_ledger', [captured, reversed], [])).toBe('undone_at_bank');
    expect(how('unknown_to_bank', [captured], [posted])).toBe('stated');
    expect(how('unknown_to_bank', [], [])).toBe('corrected');
    expect(how('undone_at_bank', [captured, reversed], [])).toBe('booked');
    expect(resolutionOf('unknown_to_ledger', 'a1', accounts([authorized, captured], [posted]))).toBe('captured');
  });
});
