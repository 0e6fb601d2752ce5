import { describe, expect, it } from '@jest/globals';
import type { FaultStretch } from '#checker';
import { notEmpty } from '#testing';
import { allInstances, type ChaosFault } from '../schedule/fault.js';
import { aStrike } from '../testing/run-facts.js';
import { faultsInEffect } from './faults-in-effect.js';

const stretch = (kind: FaultStretch['kind'], at: FaultStretch['at'], more: Partial<FaultStretch> = {}) => ({
  kind,
  at,
  fromMs: 1_010_000,
  untilMs: 1_022_100,
  ...more,
});
const banks = ['alder', 'birch', 'cedar', 'dogwood'];

describe('the faults of a run', () => {
  const charges = [{ id: 'ch_1', amountMinor: 7_754 }] as never[];
  const [ofStart] = faultsInEffect({ beganAt: 1_000_000, strikes: [], evidence: { charges, requests: [] } });
  const effects = (fault: ChaosFault): FaultStretch[] =>
    faultsInEffect({ beganAt: 1_000_000, strikes: [aStrike(fault)], evidence: { charges, requests: [] } }).slice(1);

  it('include the start of the system', () => {
    expect(ofStart).toEqual({ kind: 'slow_start', at: {}, fromMs: -Infinity, untilMs: 1_000_000 });
  });

  it('apply to the struck instances, from the strike until all of them answer again', () => {
    const second = { service: 'ledger', instance: 'ledger-2' };
    expect(effects({ kind: 'kill', processes: ['ledger-2'] })).toEqual([stretch('killed', second)]);
    expect(effects({ kind: 'freeze', processes: ['ledger-2'] })).toEqual([stretch('frozen', second)]);
    expect(effects({ kind: 'terminate', processes: ['ledger-2'] })).toEqual([stretch('terminated', second)]);
    expect(effects({ kind: 'slow_start', processes: ['ledger-2'], delayMs: 3_000 })).toEqual([
      stretch('killed', second),
      stretch('slow_start', second),
    ]);
    expect(effects({ kind: 'clock_step', processes: ['ledger-2'], offsetMs: -5_000 })).toEqual([
      stretch('clock_step', second),
      stretch('terminated', second),
    ]);
    for (const instance of notEmpty(allInstances)) {
      const [killed] = effects({ kind: 'kill', processes: [instance] });
      expect(killed?.at).toEqual({ service: instance.replace('-2', ''), instance });
    }
  });

  it('apply everywhere if Postgres or Kafka is struck, and to every bank if the simulator is', () => {
    expect(effects({ kind: 'freeze', processes: ['postgres', 'kafka'] })).toEqual([
      stretch('database_away', {}),
      stretch('kafka_away', {}),
    ]);
    expect(effects({ kind: 'kill', processes: ['bank-simulator'] }).slice(1)).toEqual(
      banks.map((bank) => stretch('bank_unreachable', { bank })),
    );
  });

  it('of the network apply to the calling instance, and to the bank that it calls', () => {
    const gateway = { service: 'bank-gateway', instance: 'bank-gateway' };
    const route = (to: 'postgres' | 'cedar') => ({ from: ['bank-gateway'] as const, to });
    expect(effects({ kind: 'cut', route: route('postgres') })).toEqual([stretch('database_away', gateway)]);
    expect(effects({ kind: 'delay', route: route('cedar'), delayMs: 200 })).toEqual([
      stretch('bank_unreachable', { ...gateway, bank: 'cedar' }),
    ]);
    expect(effects({ kind: 'one_way', route: route('cedar'), held: 'answers' })).toEqual([
      stretch('bank_unreachable', { ...gateway, bank: 'cedar' }),
    ]);
  });

  it('of banks come from their journals, and from closed ports', () => {
    expect(effects({ kind: 'bank', rule: { scope: { bank: 'cedar' }, fault: 'hang' } })).toEqual([]);
    expect(effects({ kind: 'bank', rule: { scope: { bank: 'cedar' }, fault: 'outage' } })).toEqual([
      stretch('outage', { bank: 'cedar' }),
    ]);
    expect(effects({ kind: 'bank', rule: { fault: 'outage' } })).toEqual(
      banks.map((bank) => stretch('outage', { bank })),
    );
    // With such a scope the port stays open, so the journal has the requests that the outage rejects.
    expect(effects({ kind: 'bank', rule: { fault: 'outage', operation: 'capture' } })).toEqual([]);
    expect(effects({ kind: 'bank', rule: { fault: 'outage', probability: 0.5 } })).toEqual([]);
    expect(effects({ kind: 'bank', rule: { fault: 'outage', scope: { card: 'visa' } } })).toEqual([]);
    const request = { type: 'request', bank: 'alder', at: 7, operation: 'capture', fault: { name: 'late', by: 'f' } };
    const requests = [request] as never[];
    expect(faultsInEffect({ beganAt: 0, strikes: [], evidence: { charges: [], requests } })).toContainEqual(
      expect.objectContaining({ kind: 'late', at: { bank: 'alder' }, fromMs: 7, untilMs: 7 }),
    );
  });

  it('of a poison event never end, and apply only to the charge of that amount', () => {
    expect(effects({ kind: 'poison', amountMinor: 7_754 })).toEqual([
      stretch('poison', { service: 'ledger' }, { charge: 'ch_1', isAimed: true, untilMs: Infinity }),
    ]);
    expect(effects({ kind: 'poison', amountMinor: 7_755 })).toEqual([]);
  });

  it('never end if they were not lifted', () => {
    const { liftedMs: _, ...struck } = aStrike({ kind: 'freeze', processes: ['kafka'] });
    const [, away] = faultsInEffect({ beganAt: 0, strikes: [struck], evidence: { charges: [], requests: [] } });
    expect(away).toEqual({ kind: 'kafka_away', at: {}, fromMs: 10_000, untilMs: Infinity });
  });
});
