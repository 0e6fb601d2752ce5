import { describe, expect, it } from '@jest/globals';
import { parseCtlCommand } from './ctl-command.js';

describe('holdfast ctl', () => {
  it('lists the processes without a command', () => {
    expect(parseCtlCommand([])).toBeUndefined();
  });

  it.each([
    ['kill ledger', { verb: 'kill', process: 'ledger', again: false }],
    ['kill ledger --restart', { verb: 'kill', process: 'ledger', again: true }],
    ['freeze payments-api-2', { verb: 'freeze', process: 'payments-api-2', again: false }],
  ])('understands: %s', (words, command) => {
    expect(parseCtlCommand(words.split(' '))).toEqual(command);
  });

  it.each([
    ['kil ledger', 'did you mean kill?'],
    ['murder ledger', 'there are: kill, freeze, thaw, restart, stop, start.'],
    ['kill', 'Name a process: holdfast ctl lists them.'],
    ['kill ledger kafka', 'One process at a time'],
    ['stop ledger --restart', '--restart belongs to kill'],
    ['kill ledger --hard', "Unknown option '--hard'. See holdfast ctl --help."],
  ])('gives a remedy for: %s', (words, sentence) => {
    expect(() => parseCtlCommand(words.split(' '))).toThrow(sentence);
  });
});
