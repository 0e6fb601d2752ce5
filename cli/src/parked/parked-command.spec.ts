import { describe, expect, it } from '@jest/globals';
import { parseParkedCommand } from './parked-command.js';
import { age, brief, table } from '../table.js';

describe('holdfast parked', () => {
  it.each<[string, object]>([
    ['', { kind: 'list', services: ['payments-api', 'bank-gateway', 'ledger'] }],
    ['list ledger', { kind: 'list', services: ['ledger'] }],
    ['show ledger 12', { kind: 'show', service: 'ledger', event: '12' }],
    ['replay ledger --key ch_1', { kind: 'replay', service: 'ledger', selection: { by: 'key', key: 'ch_1' } }],
    ['replay ledger --error bug', { kind: 'replay', service: 'ledger', selection: { by: 'error', text: 'bug' } }],
    ['replay ledger --all', { kind: 'replay', service: 'ledger', selection: { by: 'all' } }],
    ['discard ledger ch_1.x --reason twice', { kind: 'discard', service: 'ledger', event: 'ch_1.x', reason: 'twice' }],
  ])('understands: %s', (words, command) => {
    expect(parseParkedCommand(words.split(' ').filter(Boolean))).toEqual(command);
  });

  it.each([
    ['melt', 'There is no holdfast parked melt; there are: list'],
    ['reply ledger', 'did you mean replay?'],
    ['replay', 'Name a service; there are: payments-api, bank-gateway, ledger'],
    ['replay bank --all', 'There is no service bank; there are: payments-api'],
    ['replay leger --all', 'There is no service leger: did you mean ledger?'],
    ['replay ledger', 'by one of --key, --event, --error and --all'],
    ['replay ledger --all --key ch_1', 'by one of --key, --event, --error and --all'],
    ['show ledger', 'name an event, by its position or its id'],
    ['discard ledger 12', 'needs a --reason'],
    ['list --verbose', "Unknown option '--verbose'"],
  ])('gives a remedy for: %s', (words, message) => {
    expect(() => parseParkedCommand(words.split(' '))).toThrow(message);
  });
});

describe('tables', () => {
  it('align their columns', () => {
    expect(
      table(
        ['key', 'n'],
        [
          ['a', '1'],
          ['longer', '22'],
        ],
      ),
    ).toBe('key     n\na       1\nlonger  22');
  });

  it('shorten errors to one line, and ages to one unit', () => {
    expect(brief('two\n  lines of text', 12)).toBe('two lines o…');
    expect([90_000, 300_000, 10_800_000, 604_800_000].map(age)).toEqual(['90 s', '5 min', '3 h', '7 d']);
  });
});
