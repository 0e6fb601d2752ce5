import { describe, expect, it } from '@jest/globals';
import { bankProtocol } from '#contracts';
import { notEmpty } from '#testing';
import { foreignAttempts } from '../operations/operation.js';
import { mistakesKnown } from '../operations/requests.js';
import { accounts, UNKNOWN_ACCOUNT } from './accounts.js';
import { describe as inWords } from './fault.js';
import { planned } from './schedule.js';
import { bankOfSource } from './source.js';

const schedules = Array.from({ length: 300 }, (_, seed) => planned(seed));
const kinds = new Set(schedules.flatMap(({ faults }) => faults.map(({ kind }) => kind)));

describe('a schedule', () => {
  it('is determined by its seed', () => {
    expect(planned(7)).toEqual(planned(7));
    expect(planned(7)).not.toEqual(planned(8));
  });

  it('has at least twenty operations, on charges at every kind of bank, and at least five faults', () => {
    for (const { operations, faults } of notEmpty(schedules)) {
      const banks = operations.flatMap((operation) =>
        operation.kind === 'create' ? bankOfSource(operation.source) : [],
      );
      expect(new Set(banks)).toEqual(new Set(bankProtocol.bankNames));
      expect(operations.length).toBeGreaterThanOrEqual(20);
      expect(faults.length).toBeGreaterThanOrEqual(5);
    }
  });

  it('has no negative times, and is ordered by time', () => {
    for (const { operations, faults } of notEmpty(schedules)) {
      for (const list of [operations, faults]) {
        const times = list.map(({ atMs }) => atMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect(times[0]).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('has only tokens that the API knows', () => {
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
  it('every kind of fault is drawn and described', () => {
    expect([...kinds].sort()).toEqual([
      'bank',
      'clock_step',
      'commit_lost',
      'cut',
      'database_away',
      'freeze',
      'kafka_away',
      'kill',
      'poison',
      'publish_lost',
      'rebalance',
      'rolling_restart',
      'terminate',
    ]);
    for (const { faults } of notEmpty(schedules))
      for (const fault of notEmpty(faults)) expect(inWords(fault)).not.toBe('');
  });

  it('every account uses every currency, amounts up to the limits, and every kind of request', () => {
    const operations = schedules.flatMap((schedule) => schedule.operations);
    const creates = operations.filter((each) => each.kind === 'create');
    expect(new Set(creates.map(({ account }) => account))).toEqual(new Set(accounts));
    expect([...new Set(creates.map(({ currency }) => currency))].sort()).toEqual([
      'clp',
      'eur',
      'gbp',
      'huf',
      'jpy',
      'usd',
    ]);
    const amounts = creates.filter(({ currency }) => currency === 'usd').map(({ amountMinor }) => amountMinor);
    expect(Math.min(...amounts)).toBe(50);
    expect(Math.max(...amounts)).toBe(99_999_999);
    expect([...new Set(operations.map(({ kind }) => kind))].sort()).toEqual([
      'balance',
      'cancel_refund',
      'capture',
      'create',
      'foreign',
      'key_misuse',
      'malformed',
      'own_time',
      'refund',
      'repeat',
      'retrieve',
      'revoke_key',
      'update',
      'walk',
    ]);
    const foreign = operations.flatMap((each) => (each.kind === 'foreign' ? each.attempt : []));
    expect(new Set(foreign)).toEqual(new Set(foreignAttempts));
    const mistakes = operations.flatMap((each) => (each.kind === 'malformed' ? each.mistake : []));
    expect(new Set(mistakes)).toEqual(new Set(mistakesKnown));
  });

  it('some worlds are longer and have more operations', () => {
    const long = schedules.filter(({ operations }) => operations.length > 120);
    expect(long.length).toBeGreaterThan(0);
    expect(long.length).toBeLessThan(schedules.length / 20);
    for (const { operations, faults } of notEmpty(long)) {
      expect(operations.at(-1)!.atMs).toBeGreaterThan(40_000);
      expect(faults.length).toBeGreaterThanOrEqual(30);
    }
  });

  it('some worlds leap beyond the retention of keys, authorizations and inboxes', () => {
    const leaps = schedules.flatMap((schedule) => schedule.later?.leapMs ?? []);
    expect(leaps.length).toBeGreaterThan(0);
    expect(leaps.length).toBeLessThan(schedules.length / 5);
    expect(Math.max(...leaps)).toBeGreaterThan(14 * 24 * 60 * 60 * 1_000);
  });

  it('some worlds have strict keys, with an unknown key and sometimes a revoked one', () => {
    const strict = schedules.filter(({ settings }) => settings.API_KEYS === 'strict');
    expect(strict.length / schedules.length).toBeGreaterThan(0.1);
    expect(strict.length / schedules.length).toBeLessThan(0.3);
    const all = strict.flatMap(({ operations }) => operations);
    expect(all.filter(({ kind }) => kind === 'revoke_key').length).toBeGreaterThan(0);
    for (const { operations } of notEmpty(strict))
      expect(operations.some((each) => each.kind === 'foreign' && each.account === UNKNOWN_ACCOUNT)).toBe(true);
  });

  it('a foreign attempt is never for the account’s own object', () => {
    for (const { operations } of notEmpty(schedules)) {
      const owners = new Map(operations.flatMap((each) => (each.kind === 'create' ? [[each.id, each.account]] : [])));
      const charges = new Map(operations.flatMap((each) => (each.kind === 'refund' ? [[each.id, each.charge]] : [])));
      for (const each of notEmpty(operations)) {
        if (each.kind === 'foreign') expect(owners.get(charges.get(each.of) ?? each.of)).not.toBe(each.account);
      }
    }
  });

  it('no two operations have the same id', () => {
    for (const { operations: first, later } of notEmpty(schedules)) {
      const operations = [...first, ...(later?.operations ?? [])];
      const ids = operations.flatMap((each) => ('id' in each ? [each.id] : []));
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it('some worlds have a burst of requests under one key while the database is down', () => {
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

  it('some worlds have a slow refusal of a capture at a bank that stores no refusals, and a frozen gateway', () => {
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
    for (const { refusal, faults } of notEmpty(unheard)) {
      const freezes = faults.filter((each) => each.kind === 'freeze' && each.service === 'bank-gateway');
      expect(freezes.some(({ atMs }) => atMs > refusal.atMs)).toBe(true);
    }
  });
});
