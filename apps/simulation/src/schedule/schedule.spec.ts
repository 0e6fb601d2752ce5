import { describe, expect, it } from '@jest/globals';
import { bankProtocol } from '#contracts';
import { describe as inWords } from './fault.js';
import { planned } from './schedule.js';
import { bankOfSource } from './source.js';

const schedules = Array.from({ length: 300 }, (_, seed) => planned(seed));
const kinds = new Set(schedules.flatMap(({ faults }) => faults.map(({ kind }) => kind)));

describe('a schedule', () => {
  it('is the same whenever it is planned', () => {
    expect(planned(7)).toEqual(planned(7));
    expect(planned(7)).not.toEqual(planned(8));
  });

  it('has at least twenty operations, on charges at every kind of bank, and at least five faults', () => {
    for (const { operations, faults } of schedules) {
      const banks = operations.flatMap((operation) =>
        operation.kind === 'create' ? bankOfSource(operation.source) : [],
      );
      expect(new Set(banks)).toEqual(new Set(bankProtocol.bankNames));
      expect(operations.length).toBeGreaterThanOrEqual(20);
      expect(faults.length).toBeGreaterThanOrEqual(5);
    }
  });

  it('has nothing before the world begins, and all in the order of its time', () => {
    for (const { operations, faults } of schedules) {
      for (const list of [operations, faults]) {
        const times = list.map(({ atMs }) => atMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect(times[0]).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('carries only tokens that the API knows', () => {
    const tokens = schedules.flatMap(({ operations }) =>
      operations.flatMap((operation) =>
        operation.kind === 'create' ? (bankProtocol.parseFaultToken(operation.source) ?? []) : [],
      ),
    );
    expect(tokens.filter((aim) => 'invalid' in aim)).toEqual([]);
    expect(tokens.length).toBeGreaterThan(0);
  });
});

describe('over many schedules', () => {
  it('every kind of fault is drawn, and can be told', () => {
    expect([...kinds].sort()).toEqual([
      'bank',
      'broker_away',
      'clock_step',
      'commit_lost',
      'cut',
      'database_away',
      'freeze',
      'kill',
      'poison',
      'publish_lost',
      'rebalance',
    ]);
    for (const { faults } of schedules) for (const fault of faults) expect(inWords(fault)).not.toBe('');
  });

  it('now and then a crowd asks under one key while the database is away', () => {
    const crowded = schedules.filter(({ operations, faults }) =>
      operations.some(
        (each) =>
          each.kind === 'repeat' &&
          each.times >= 6 &&
          faults.some(({ kind, atMs }) => kind === 'database_away' && Math.abs(atMs - each.atMs) < 5),
      ),
    );
    expect(crowded.length).toBeGreaterThan(0);
    expect(crowded.length).toBeLessThan(schedules.length / 5);
  });

  it('now and then a bank that remembers no refusal takes its time to refuse a capture, and a gateway stands still', () => {
    const unheard = schedules.flatMap(({ faults }) => {
      const refusal = faults.find(
        (each) =>
          each.kind === 'bank' &&
          each.rule.fault === 'refuse' &&
          (each.rule.parameters as { delayMs: number }).delayMs > 0,
      );
      return refusal ? [{ refusal, faults }] : [];
    });
    expect(unheard.length).toBeGreaterThan(0);
    expect(unheard.length).toBeLessThan(schedules.length / 5);
    for (const { refusal, faults } of unheard) {
      const freezes = faults.filter((each) => each.kind === 'freeze' && each.service === 'bank-gateway');
      expect(freezes.some(({ atMs }) => atMs > refusal.atMs)).toBe(true);
    }
  });
});
