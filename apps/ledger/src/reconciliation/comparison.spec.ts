import { describe, expect, it } from '@jest/globals';
import { account, chargeId } from '../../test/charge.js';
import { accounts, booked, graceMs, noon, stated } from '../../test/two-accounts.js';
import { compare, resolutionOf, type BookedTransfer, type StatedEntry } from './comparison.js';

/** `kind bank-id`, with a question mark while the other side may only be late. */
const found = (entries: StatedEntry[], transfers: BookedTransfer[], other = {}): string[] =>
  compare(accounts(entries, transfers, other)).map(
    ({ difference, due }) => `${difference.kind} ${difference.bankId}${due ? '' : '?'}`,
  );

const authorized = stated('authorization', 'a1');
const captured = stated('capture', 'c1', { of: 'a1' });
const held = booked('hold', 'a1');
const posted = booked('capture', 'c1');

describe('a bank and the books agree', () => {
  it('about a charge that is held, and one that is captured', () => {
    expect(found([authorized], [held])).toEqual([]);
    expect(found([authorized, captured], [held, posted])).toEqual([]);
  });

  it('about a capture of a part', () => {
    const part = { amountMinor: 500 };
    expect(found([authorized, { ...captured, ...part }], [held, { ...posted, ...part }])).toEqual([]);
  });

  it('about what was voided, reversed, or never booked and undone', () => {
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

  it('about what was booked before banks’ ids were kept', () => {
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

describe('transfers of before, which do not name the bank’s movement', () => {
  const old = [booked('hold', null), booked('capture', null)];

  it('speak for what stands at the bank', () => {
    expect(found([authorized], old.slice(0, 1))).toEqual([]);
    expect(found([authorized, captured], old)).toEqual([]);
    expect(found([authorized, captured], [booked('unmatched_capture', null)])).toEqual([]);
    expect(found([authorized, stated('void', 'v1', { of: 'a1' })], [old[0]!, booked('release', null)])).toEqual([]);
  });

  it('do not speak for a stray, nor hide one: once that is undone it is clear which was meant', () => {
    const stray = stated('capture', 'c2', { of: 'a1' });
    const both = [authorized, captured, stray];
    expect(found(both, old)).toEqual(['unknown_to_ledger c1', 'unknown_to_ledger c2']);
    expect(found([...both, stated('reversal', 'r1', { reverses: 'c2' })], old)).toEqual([]);
  });

  it('say nothing of what the bank has not stated yet', () => {
    expect(found([], old)).toEqual([]);
  });
});

describe('what the books do not know', () => {
  it('is a capture, a refund or an authorization that stands at the bank', () => {
    const stray = stated('capture', 'c2', { of: 'a1' });
    expect(found([authorized, captured, stray], [held, posted])).toEqual(['unknown_to_ledger c2']);
    const refund = stated('refund', 'f1', { of: 'c1' });
    expect(found([authorized, captured, refund], [held, posted])).toEqual(['unknown_to_ledger f1']);
    expect(found([stated('authorization', 'a9')], [])).toEqual(['unknown_to_ledger a9']);
  });

  it('is named by all that the bank says of it', () => {
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

  it('may only be late until the grace is over', () => {
    const young = stated('capture', 'c2', { receivedAt: noon - graceMs + 1 });
    expect(found([young], [])).toEqual(['unknown_to_ledger c2?']);
    expect(found([{ ...young, receivedAt: noon - graceMs }], [])).toEqual(['unknown_to_ledger c2']);
  });

  it('is also an authorization that the books have let go and the bank has not', () => {
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

describe('what the bank does not know', () => {
  it('is a transfer under a bank’s id that is in no statement', () => {
    expect(found([authorized, captured], [held, posted, booked('stray:c7', 'c7')])).toEqual(['unknown_to_bank c7']);
  });

  it('is named as the books name it', () => {
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

  it('may only be missing from the statement until the bank was asked for everything, well after the commit', () => {
    const transfer = { ...held, knownAt: noon - graceMs + 1 };
    expect(found([], [transfer])).toEqual(['unknown_to_bank a1?']);
    expect(found([], [{ ...held, knownAt: null }])).toEqual(['unknown_to_bank a1?']);
    expect(found([], [held], { completeAt: null })).toEqual(['unknown_to_bank a1?']);
    expect(found([], [{ ...held, knownAt: noon - graceMs }])).toEqual(['unknown_to_bank a1']);
  });

  it('is nothing any more when somebody has taken it back in the books', () => {
    expect(found([], [booked('stray:c7', 'c7'), booked('stray_undone:c7', null)])).toEqual([]);
  });

  it('is not looked for at another bank', () => {
    const elsewhere = { debit: 'bank_receivable:dogwood:usd' };
    expect(found([], [booked('hold', 'd1', elsewhere)])).toEqual([]);
  });
});

describe('what the bank undid and the books did not', () => {
  it('is a capture that somebody reversed there', () => {
    const reversed = stated('reversal', 'r1', { reverses: 'c1' });
    expect(found([authorized, captured, reversed], [held, posted])).toEqual(['undone_at_bank c1']);
    const justNow = { ...reversed, receivedAt: noon };
    expect(found([authorized, captured, justNow], [held, posted])).toEqual(['undone_at_bank c1?']);
  });

  it('is a hold whose authorization was voided there', () => {
    expect(found([authorized, stated('void', 'v1', { of: 'a1' })], [held])).toEqual(['undone_at_bank a1']);
  });
});

describe('an amount', () => {
  it('or a currency that differs is found at once', () => {
    expect(found([authorized, { ...captured, amountMinor: 901 }], [held, posted])).toEqual(['amount_differs c1']);
    expect(found([{ ...authorized, currency: 'eur' }], [held])).toEqual(['amount_differs a1']);
  });
});

describe('a difference that is not found any more', () => {
  const how = (kind: Parameters<typeof resolutionOf>[0], entries: StatedEntry[], transfers: BookedTransfer[]) =>
    resolutionOf(kind, 'c1', accounts(entries, transfers));

  it('ended as one side shows', () => {
    const reversed = stated('reversal', 'r1', { reverses: 'c1' });
    expect(how('unknown_to_ledger', [captured], [posted])).toBe('booked');
    expect(how('unknown_to_ledger', [captured, reversed], [])).toBe('undone_at_bank');
    expect(how('unknown_to_bank', [captured], [posted])).toBe('stated');
    expect(how('unknown_to_bank', [], [])).toBe('corrected');
    expect(how('undone_at_bank', [captured, reversed], [])).toBe('booked');
    expect(resolutionOf('unknown_to_ledger', 'a1', accounts([authorized, captured], [posted]))).toBe('captured');
  });
});
