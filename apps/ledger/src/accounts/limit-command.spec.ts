import { describe, expect, it } from '@jest/globals';
import { parseLimitCommand } from './limit-command.js';

describe('the limit command', () => {
  it('freezes, thaws, sets and removes caps, several at once', () => {
    expect(parseLimitCommand('acct_1 --thawed --cap 100000 usd --no-cap eur'.split(' '))).toEqual({
      account: 'acct_1',
      changes: [
        { kind: 'freeze', frozen: false },
        { kind: 'cap', currency: 'usd', capMinor: 100_000 },
        { kind: 'cap', currency: 'eur', capMinor: null },
      ],
    });
    expect(parseLimitCommand(['acct_1', '--frozen'])).toEqual({
      account: 'acct_1',
      changes: [{ kind: 'freeze', frozen: true }],
    });
  });

  it('sets how far below zero refunds may take a balance', () => {
    expect(parseLimitCommand('acct_1 --overdraft 0 usd --default-overdraft eur'.split(' '))).toEqual({
      account: 'acct_1',
      changes: [
        { kind: 'overdraft', currency: 'usd', overdraftMinor: 0 },
        { kind: 'overdraft', currency: 'eur', overdraftMinor: null },
      ],
    });
  });

  it('shows the limits without options', () => {
    expect(parseLimitCommand(['acct_1'])).toEqual({ account: 'acct_1', changes: [] });
  });

  it.each([
    '',
    'ch_1',
    'acct_1 --cap',
    'acct_1 --cap -5 usd',
    'acct_1 --cap 10.5 usd',
    'acct_1 --cap 100 zzz',
    'acct_1 --overdraft -100 usd',
    'acct_1 --melt',
  ])('rejects "%s"', (line) => {
    expect(() => parseLimitCommand(line.split(' '))).toThrow('See holdfast limit --help.');
  });
});
