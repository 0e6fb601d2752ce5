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
  it('passes where an expected fault is in effect, and counts for the entry that expects it', () => {
    expect(judged(warning, away)).toEqual({ unprovoked: [], uses: new Map([['of-database', 1]]) });
    expect(passes(warning, { ...away, at: { service: 'ledger' } })).toBe(true);
    expect(passes(warning, { ...away, at: {} })).toBe(true);
  });

  it('fails without a fault', () => {
    expect(judged(warning)).toEqual({ unprovoked: [warning], uses: new Map() });
  });

  it('fails when no entry expects it: another message, level or service', () => {
    for (const other of [
      { message: 'the database is away, it seems' },
      { level: 'error' },
      { level: 'fatal' },
      { service: 'bank-gateway', instance: 'bank-gateway-2' },
    ] as const) {
      expect(passes({ ...warning, ...other }, { ...away, at: {} })).toBe(false);
    }
  });

  it('fails when another fault was in effect', () => {
    expect(passes(warning, { ...away, kind: 'kafka_away' })).toBe(false);
  });

  it('fails when the fault was in effect elsewhere', () => {
    expect(passes(warning, { ...away, at: { service: 'payments-api' } })).toBe(false);
    expect(passes(warning, { ...away, at: { service: 'ledger', instance: 'ledger' } })).toBe(false);
    expect(passes(warning, { ...away, at: { bank: 'cedar' } })).toBe(false);
  });

  it('fails before the fault, and later than shortly after it', () => {
    expect([14_999, 15_000, 23_000, 23_001].map((atMs) => passes({ ...warning, atMs }, away))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    const { withinMs: _, ...unlimited } = ofDatabase;
    expect([28_000, 28_001].map((atMs) => passes({ ...warning, atMs }, away, unlimited))).toEqual([true, false]);
  });

  it('is not provoked at one bank by what another does, nor when it names none', () => {
    expect(passes(atBank, late, ofBank)).toBe(true);
    expect(passes({ ...atBank, bank: 'dogwood' }, late, ofBank)).toBe(false);
    expect(passes({ ...atBank, bank: undefined }, late, ofBank)).toBe(false);
  });

  it('is provoked by what its charge’s own token does, and by no other’s', () => {
    const aimed = { ...late, isAimed: true };
    expect(passes({ ...atBank, charge: 'ch_1' }, aimed, ofBank)).toBe(true);
    expect(passes({ ...atBank, charge: 'ch_2' }, aimed, ofBank)).toBe(false);
    expect(passes(atBank, aimed, ofBank)).toBe(false);
  });

  it('is provoked by what a bank does to another charge, unless it is of one charge alone', () => {
    const line = { ...atBank, charge: 'ch_2', message: ofCharge.message.source.slice(1, -1) };
    expect(passes({ ...atBank, charge: 'ch_2' }, late, ofBank)).toBe(true);
    expect(passes(line, late, ofCharge)).toBe(false);
    expect(passes({ ...line, charge: 'ch_1' }, late, ofCharge)).toBe(true);
  });

  it('of a bank is provoked by what holds up the pages of its statement, and by no other bank’s', () => {
    const poisoned: FaultStretch = { ...late, at: {}, charge: 'cedar', isAimed: true };
    const difference = { ...atBank, message: 'about a charge', charge: 'ch_2' };
    expect(passes(difference, poisoned, ofCharge)).toBe(true);
    expect(passes(difference, { ...poisoned, charge: 'dogwood' }, ofCharge)).toBe(false);
  });

  it('is provoked by a fault of another service where its entry says so', () => {
    const killed: FaultStretch = { ...away, kind: 'killed', at: { service: 'bank-gateway', instance: 'bank-gateway' } };
    expect(passes(atBank, killed, ofBank)).toBe(false);
    expect(passes(atBank, killed, { ...ofBank, reachedFrom: ['bank-gateway'] })).toBe(true);
  });
});

describe('what banks did to requests', () => {
  it('is a fault at that bank at that moment, and aimed where the charge’s token says so', () => {
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

  it('is owed by a campaign that is long enough for it, of the suite that can come to it', () => {
    expect(unused('simulation', 999)).toEqual([]);
    expect(unused('simulation', 1_000)).toEqual(['often']);
    expect(unused('simulation', 20_000)).toEqual(['often', 'seldom']);
    expect(unused('simulation', 20_000, ['often', 'seldom'])).toEqual([]);
    expect(unused('chaos', 9)).toEqual([]);
    expect(unused('chaos', 10)).toEqual(['real']);
    expect(unused('chaos', 10, ['real'])).toEqual([]);
  });

  it('has an id of its own, and faults that provoke it', () => {
    expect(expectedWarnings.length).toBeGreaterThan(0);
    expect(new Set(expectedWarnings.map(({ id }) => id)).size).toBe(expectedWarnings.length);
    expect(expectedWarnings.filter(({ faults, services }) => faults.length === 0 || services.length === 0)).toEqual([]);
  });
});
