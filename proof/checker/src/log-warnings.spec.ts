import { describe, expect, it } from '@jest/globals';
import { expectedWarnings, unusedWarnings, type ExpectedWarning } from './expected-warnings.js';
import { bankFaultsIn } from './bank-faults.js';
import type { FaultStretch } from './faults.js';
import { judgeWarnings, type LogWarning } from './log-warnings.js';
import type { ReceivedRequest } from './evidence.js';

const ofDatabase: ExpectedWarning = {
  id: 'of-database',
  level: 'warn',
  services: ['ledger', 'payments-api'],
  message: /^the database is away$/,
  faults: ['database_away'],
  withinMs: 5_000,
};
const ofBank: ExpectedWarning = {
  id: 'of-bank',
  level: 'warn',
  services: ['ledger'],
  message: /^a bank says otherwise$/,
  faults: ['late', 'killed'],
};
const ofCharge: ExpectedWarning = { ...ofBank, id: 'of-charge', message: /^about a charge$/, isOfOneCharge: true };

const warning: LogWarning = {
  atMs: 20_000,
  level: 'warn',
  service: 'ledger',
  instance: 'ledger-2',
  message: 'the database is away',
};
const away: FaultStretch = {
  kind: 'database_away',
  at: { service: 'ledger', instance: 'ledger-2' },
  fromMs: 15_000,
  untilMs: 18_000,
};
const atBank = { ...warning, message: 'a bank says otherwise', bank: 'cedar' };
const late: FaultStretch = { kind: 'late', at: { bank: 'cedar' }, fromMs: 15_000, untilMs: 18_000, charge: 'ch_1' };

const judged = (line: LogWarning, fault?: FaultStretch, entry: ExpectedWarning = ofDatabase) =>
  judgeWarnings([line], fault ? [fault] : [], [entry]);
const passes = (...args: Parameters<typeof judged>): boolean => judged(...args).unprovoked.length === 0;

describe('a warning', () => {
  it('passes if an expected fault is in effect, and counts as a use of its entry', () => {
    expect(judged(warning, away)).toEqual({ unprovoked: [], uses: new Map([['of-database', 1]]) });
    expect(passes(warning, { ...away, at: { service: 'ledger' } })).toBe(true);
    expect(passes(warning, { ...away, at: {} })).toBe(true);
  });

  it('fails without a fault', () => {
    expect(judged(warning)).toEqual({ unprovoked: [warning], uses: new Map() });
  });

  it('fails if no entry has its message, level and service', () => {
    for (const other of [
      { message: 'the database is away, it seems' },
      { level: 'error' },
      { level: 'fatal' },
      { service: 'bank-gateway', instance: 'bank-gateway-2' },
    ] as const) {
      expect(passes({ ...warning, ...other }, { ...away, at: {} })).toBe(false);
    }
  });

  it('fails if another kind of fault was in effect', () => {
    expect(passes(warning, { ...away, kind: 'kafka_away' })).toBe(false);
  });

  it('fails if the fault was in effect at another service, instance or bank', () => {
    expect(passes(warning, { ...away, at: { service: 'payments-api' } })).toBe(false);
    expect(passes(warning, { ...away, at: { service: 'ledger', instance: 'ledger' } })).toBe(false);
    expect(passes(warning, { ...away, at: { bank: 'cedar' } })).toBe(false);
  });

  it('fails before the fault, and after its time limit', () => {
    expect([14_999, 15_000, 23_000, 23_001].map((atMs) => passes({ ...warning, atMs }, away))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    const { withinMs: _, ...unlimited } = ofDatabase;
    expect([28_000, 28_001].map((atMs) => passes({ ...warning, atMs }, away, unlimited))).toEqual([true, false]);
  });

  it('about a bank is not explained by a fault of another bank, nor if it names no bank', () => {
    expect(passes(atBank, late, ofBank)).toBe(true);
    expect(passes({ ...atBank, bank: 'dogwood' }, late, ofBank)).toBe(false);
    expect(passes({ ...atBank, bank: undefined }, late, ofBank)).toBe(false);
  });

  it('is explained by the fault token of its own charge only', () => {
    const aimed = { ...late, isAimed: true };
    expect(passes({ ...atBank, charge: 'ch_1' }, aimed, ofBank)).toBe(true);
    expect(passes({ ...atBank, charge: 'ch_2' }, aimed, ofBank)).toBe(false);
    expect(passes(atBank, aimed, ofBank)).toBe(false);
  });

  it('is explained by a bank’s fault on another charge, unless its entry is of one charge', () => {
    const line = { ...atBank, charge: 'ch_2', message: ofCharge.message.source.slice(1, -1) };
    expect(passes({ ...atBank, charge: 'ch_2' }, late, ofBank)).toBe(true);
    expect(passes(line, late, ofCharge)).toBe(false);
    expect(passes({ ...line, charge: 'ch_1' }, late, ofCharge)).toBe(true);
  });

  it('about a bank is explained by a fault on the pages of its own statement only', () => {
    const poisoned: FaultStretch = { ...late, at: {}, charge: 'cedar', isAimed: true };
    const difference = { ...atBank, message: 'about a charge', charge: 'ch_2' };
    expect(passes(difference, poisoned, ofCharge)).toBe(true);
    expect(passes(difference, { ...poisoned, charge: 'dogwood' }, ofCharge)).toBe(false);
  });

  it('is explained by a fault of another service if its entry says so', () => {
    const killed: FaultStretch = { ...away, kind: 'killed', at: { service: 'bank-gateway', instance: 'bank-gateway' } };
    expect(passes(atBank, killed, ofBank)).toBe(false);
    expect(passes(atBank, killed, { ...ofBank, reachedFrom: ['bank-gateway'] })).toBe(true);
  });
});

describe('a bank’s fault on a request', () => {
  it('is in effect at that bank at that moment, and aimed if it comes from a fault token', () => {
    const request: ReceivedRequest = { type: 'request', bank: 'cedar', at: 7, operation: 'capture', chargeId: 'ch_1' };
    const stretch = { at: { bank: 'cedar' }, fromMs: 7, untilMs: 7, charge: 'ch_1' };
    expect(
      bankFaultsIn([
        request,
        { ...request, fault: { name: 'hang', by: 'fault_1' } },
        { ...request, fault: { name: 'late', by: 'token' } },
      ]),
    ).toEqual([
      { ...stretch, kind: 'hang', isAimed: false },
      { ...stretch, kind: 'late', isAimed: true },
    ]);
  });
});

describe('an expected warning', () => {
  const entries: ExpectedWarning[] = [
    { ...ofDatabase, id: 'often' },
    { ...ofDatabase, id: 'seldom', owed: { by: 'simulation', from: 20_000 } },
    { ...ofDatabase, id: 'real', owed: { by: 'chaos', from: 10 } },
  ];
  const unused = (suite: 'simulation' | 'chaos', size: number, used: string[] = []): string[] =>
    unusedWarnings({ suite, size, uses: new Map(used.map((id) => [id, 1])) }, entries).map(({ id }) => id);

  it('must occur in a campaign of its suite and size', () => {
    expect(unused('simulation', 999)).toEqual([]);
    expect(unused('simulation', 1_000)).toEqual(['often']);
    expect(unused('simulation', 20_000)).toEqual(['often', 'seldom']);
    expect(unused('simulation', 20_000, ['often', 'seldom'])).toEqual([]);
    expect(unused('chaos', 9)).toEqual([]);
    expect(unused('chaos', 10)).toEqual(['real']);
    expect(unused('chaos', 10, ['real'])).toEqual([]);
  });

  it('has a unique id, and faults that cause it', () => {
    expect(expectedWarnings.length).toBeGreaterThan(0);
    expect(new Set(expectedWarnings.map(({ id }) => id)).size).toBe(expectedWarnings.length);
    expect(expectedWarnings.filter(({ faults, services }) => faults.length === 0 || services.length === 0)).toEqual([]);
  });
});
