import { describe, expect, it } from '@jest/globals';
import { parseFaultCommand, usage } from './fault-command.js';
import { faultTable } from './fault-table.js';
import { bankProtocol } from '#contracts';

describe('holdfast faults', () => {
  it.each<[string, object]>([
    ['', { kind: 'list', json: false }],
    ['list --json', { kind: 'list', json: true }],
    ['clear', { kind: 'clear' }],
    ['clear fault_1', { kind: 'clear', id: 'fault_1' }],
    [
      'set outage --bank alder',
      { kind: 'set', rule: { fault: 'outage', scope: { bank: 'alder' }, probability: 1, parameters: {} } },
    ],
    [
      'set latency delayMs=3000 --bank cedar --operation capture --times 2',
      { rule: { fault: 'latency', operation: 'capture', times: 2, parameters: { delayMs: 3000, jitterMs: 0 } } },
    ],
    [
      'set error performs=true --probability 0.3 --seed 7 --charge ch_1',
      { rule: { probability: 0.3, seed: 7, scope: { charge: 'ch_1' }, parameters: { performs: true } } },
    ],
    ['set drop-after --card visa', { rule: { fault: 'drop_after', scope: { card: 'visa' } } }],
  ])('understands: %s', (words, command) => {
    expect(parseFaultCommand(words.split(' ').filter(Boolean))).toMatchObject(command);
  });

  it.each([
    ['set', 'Name a fault: latency,'],
    ['set outrage', 'did you mean outage?'],
    ['sat outage', 'There is no holdfast faults sat: did you mean set?'],
    ['set outage --bank elm', 'scope.bank: '],
    ['set refuse --operation inquire', 'refuse strikes authorize, capture, void, refund'],
    ['set latency delay', 'A parameter reads name=value'],
    ['set latency delay=3', 'parameters: Unrecognized key: "delay"'],
    ['set outage --probability often', 'probability: '],
    ['set outage --bank', '--bank'],
  ])('gives a remedy for: %s', (words, sentence) => {
    expect(() => parseFaultCommand(words.split(' '))).toThrow(sentence);
  });

  it('names every fault with its parameters', () => {
    expect(
      bankProtocol.faultNames.filter((name) => !usage.includes(`\n  ${name} `) && !usage.includes(`\n  ${name}\n`)),
    ).toEqual([]);
    expect(usage).toContain('delayMs=1000 jitterMs=0');
  });

  it('shows one line per rule', () => {
    const rule = bankProtocol.faultRuleSchema.parse({
      fault: 'error',
      scope: { bank: 'alder' },
      probability: 0.5,
      times: 3,
    });
    const [, line] = faultTable([{ ...rule, id: 'f1', strikes: 1 }]).split('\n');
    expect(line).toMatch(/^f1 +error +bank=alder, 50 % of requests +all +performs=false +1 of 3$/);
  });
});
