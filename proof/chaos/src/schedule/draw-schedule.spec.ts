import { describe, expect, it } from '@jest/globals';
import { bankProtocol } from '#contracts';
import { notEmpty } from '#testing';
import { drawSchedule } from './draw-schedule.js';
import { allInstances, backends, families, type ChaosFaultKind } from './fault.js';

const durationMs = 180_000;
const seeds = Array.from({ length: 200 }, (_, n) => n * 7_919);

describe('a schedule', () => {
  it('is determined by its seed', () => {
    expect(drawSchedule({ seed: 7, durationMs })).toEqual(drawSchedule({ seed: 7, durationMs }));
    expect(drawSchedule({ seed: 7, durationMs })).not.toEqual(drawSchedule({ seed: 8, durationMs }));
  });

  it('starts with a calm period and ends in time', () => {
    for (const seed of notEmpty(seeds)) {
      const { faults } = drawSchedule({ seed, durationMs });
      expect(faults.length).toBeGreaterThan(15);
      for (const { atMs, lastsMs } of notEmpty(faults)) {
        expect(atMs).toBeGreaterThanOrEqual(8_000);
        expect(atMs + lastsMs).toBeLessThanOrEqual(durationMs);
      }
    }
  });

  it('never has two faults of one lane in effect at once', () => {
    for (const seed of notEmpty(seeds)) {
      const { faults } = drawSchedule({ seed, durationMs });
      for (const of of notEmpty(Map.groupBy(faults, ({ lane }) => lane).values())) {
        for (const [index, { atMs }] of notEmpty(of.entries())) {
          const before = of[index - 1];
          if (before) expect(atMs).toBeGreaterThan(before.atMs + before.lastsMs);
        }
      }
    }
  });

  it('draws every fault of a lane once before any is repeated', () => {
    const { faults } = drawSchedule({ seed: 3, durationMs: 600_000 });
    const kinds = new Set(faults.map(({ fault }) => fault.kind));
    expect([...kinds].sort()).toEqual(Object.values(families).flat().sort());
    const atBanks = new Set(faults.flatMap(({ fault }) => (fault.kind === 'bank' ? [fault.rule.fault] : [])));
    expect([...atBanks].sort()).toEqual([...bankProtocol.faultNames].sort());
  });

  it('draws every process fault for every process, and every link', () => {
    const drawn = seeds.flatMap((seed) => drawSchedule({ seed, durationMs }).faults.map(({ fault }) => fault));
    const struckBy = (kind: ChaosFaultKind): Set<string> =>
      new Set(drawn.flatMap((fault) => (fault.kind === kind && 'processes' in fault ? fault.processes : [])));
    const everyProcess = new Set<string>([...allInstances, ...backends]);
    for (const kind of ['kill', 'freeze', 'terminate'] as const) expect(struckBy(kind)).toEqual(everyProcess);
    expect(struckBy('slow_start')).toEqual(new Set([...allInstances, 'bank-simulator']));
    expect(struckBy('clock_step')).toEqual(new Set(allInstances));
    const brokenBy = (kind: ChaosFaultKind): Set<string> =>
      new Set(drawn.flatMap((fault) => (fault.kind === kind && 'route' in fault ? [fault.route.to] : [])));
    const everyPlace = new Set<string>(['postgres', ...bankProtocol.bankNames]);
    for (const kind of notEmpty(families.network)) expect(brokenBy(kind)).toEqual(everyPlace);
  });

  it('aims faults at the middle of a bank call and of a publication', () => {
    const { faults } = drawSchedule({ seed: 3, durationMs: 600_000 });
    const aimed = faults.flatMap(({ fault }) =>
      'moment' in fault ? [`${fault.kind} amid ${fault.moment?.amid}`] : [],
    );
    expect(new Set(aimed)).toEqual(new Set(['kill amid call', 'kill amid publishing', 'freeze amid call']));
  });

  it('has each aimed fault among its first eight system faults', () => {
    for (const seed of notEmpty(seeds)) {
      const system = drawSchedule({ seed, durationMs: 600_000 }).faults.filter(({ lane }) => lane === 'system');
      const aims = system
        .slice(0, 8)
        .flatMap(({ fault }) => (fault.kind === 'poison' || ('moment' in fault && fault.moment) ? [fault] : []));
      expect(aims).toHaveLength(4);
    }
  });

  it('draws only the chosen kinds', () => {
    const kinds: ChaosFaultKind[] = ['freeze', 'clock_step'];
    const { faults } = drawSchedule({ seed: 3, durationMs, kinds });
    expect(new Set(faults.map(({ fault }) => fault.kind))).toEqual(new Set(kinds));
  });

  it('freezes for longer than every lease and session', () => {
    for (const seed of notEmpty(seeds))
      for (const { fault, lastsMs } of notEmpty(drawSchedule({ seed, durationMs }).faults))
        if (fault.kind === 'freeze') expect(lastsMs).toBeGreaterThan(11_000);
  });

  it('has only rules that the banks accept', () => {
    for (const seed of notEmpty(seeds))
      for (const { fault } of notEmpty(drawSchedule({ seed, durationMs }).faults))
        if (fault.kind === 'bank') expect(() => bankProtocol.faultRuleSchema.parse(fault.rule)).not.toThrow();
  });
});
