import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { bankProtocol } from '#contracts';
import type { ToldAnswer } from '#checker';
import { eventually } from '#testing';
import { secretsLeft } from './secrets.js';
import { SOUND, SystemUnderTest, brandAt, answerFields, sourceAt, type BankName } from './system.js';

jest.setTimeout(120_000);

let system: SystemUnderTest;
beforeAll(async () => {
  system = await SystemUnderTest.start();
});
afterAll(() => system?.stop());

const { bankNames } = bankProtocol;

describe('a fault aimed at one charge', () => {
  const faults = ['error', 'drop_after', 'late', 'cut', 'malformed', 'not_processed_2'] as const;
  const operations = ['authorize', 'capture'] as const;
  const cases = faults.flatMap((fault) => operations.map((operation) => ({ fault, operation })));
  const outcomes = new Map<string, Promise<ToldAnswer>>();
  const nameOf = (bank: BankName, operation: string, fault: string) => `${bank} ${operation} ${fault}`;

  beforeAll(async () => {
    for (const bank of bankNames)
      for (const { fault, operation } of cases) {
        const source = `tok_fault_${operation}_${fault}_on_${brandAt[bank]}`;
        outcomes.set(nameOf(bank, operation, fault), system.charge({ source }));
      }
    await Promise.all(outcomes.values());
  });

  const table = bankNames.flatMap((bank) => cases.map(({ operation, fault }) => ({ bank, operation, fault })));
  it.each(table)(
    '$fault on $operation at $bank: the charge succeeds with one authorization and one capture',
    async ({ bank, operation, fault }) => {
      const reply = await outcomes.get(nameOf(bank, operation, fault))!;
      expect(reply.status).toBe(200);
      expect(['succeeded', 'pending']).toContain(answerFields(reply).status);
      const chargeId = reply.chargeId!;
      await eventually('the charge has ended', async () => (await system.stateOf(chargeId)) !== 'requested', {
        timeoutMs: 30_000,
      });
      expect(await system.stateOf(chargeId)).toBe('succeeded');
      const { authorization, capture } = await system.standingAt(chargeId);
      expect(authorization.map((entry) => entry.bank)).toEqual([bank]);
      expect(capture.map((entry) => [entry.bank, entry.amountMinor])).toEqual([[bank, 2_000]]);
      const struck = (await system.journal(bank)).filter(
        (record) => record.type === 'request' && record.chargeId === chargeId && record.fault !== undefined,
      );
      expect(struck).toHaveLength(fault === 'not_processed_2' ? 2 : 1);
    },
  );

  it('leaves charges, ledger and journals in agreement', async () => {
    expect(await system.verdictAtRest()).toMatch(SOUND);
  });
});

describe('a charge that fails after its authorization', () => {
  const voids = [undefined, 'refuse', 'drop_before', 'drop_after'] as const;
  const causes = [
    { cause: 'the ledger refuses the hold', token: 'tok_fault_ledger_refuse', code: 'processing_error' },
    { cause: 'the account is frozen', token: undefined, code: 'card_declined' },
    { cause: 'the bank refuses the capture', token: 'tok_fault_capture_refuse_always', code: 'card_declined' },
  ] as const;
  const table = causes.flatMap(({ cause, token, code }) =>
    voids.map((fault) => ({ cause, token, code, fault, withVoid: fault ?? 'in order' })),
  );
  let frozen: string;

  beforeAll(async () => {
    frozen = system.newApiKey();
    const { chargeId } = await system.charge({ apiKey: frozen });
    expect(await system.limit(await system.accountOf(chargeId!), '--frozen')).toContain('frozen: true');
  });

  it.each(table)(
    'because $cause, its void $withVoid: no bank holds money, and the answer is 402 $code',
    async ({ token, code, fault }) => {
      await Promise.all(
        bankNames.map(async (bank) => {
          const lift = fault && (await system.fault({ fault, operation: 'void', scope: { bank } }));
          const apiKey = token ? system.newApiKey() : frozen;
          const source = token ? `${token}_on_${brandAt[bank]}` : sourceAt[bank];
          const reply = await system.charge({ apiKey, source });
          await lift?.();
          expect([bank, reply.status]).toEqual([bank, 402]);
          expect(answerFields(reply).error).toMatchObject({ type: 'card_error', code });
          expect(await system.standingAt(reply.chargeId!)).toEqual({ authorization: [], capture: [] });
          const requests = (await system.journal(bank)).flatMap((record) =>
            record.type === 'request' && record.chargeId === reply.chargeId ? [record.operation] : [],
          );
          expect(requests.includes('void')).toBe(true);
          expect(requests.includes('reverse')).toBe(fault !== undefined);
        }),
      );
    },
  );

  it('leaves charges, ledger and journals in agreement', async () => {
    expect(await system.verdictAtRest()).toMatch(SOUND);
  });
});

describe('the breaker of a bank that fails', () => {
  const stateOf = async (bank: BankName) =>
    new RegExp(`^bank_breaker_state\\{bank="${bank}",lane="movements"\\} (\\d)`, 'm').exec(
      await system.metrics('bank-gateway'),
    )?.[1];
  const [CLOSED, OPEN] = ['0', '2'];

  async function openBreakerOf(bank: BankName): Promise<() => Promise<void>> {
    expect(await stateOf(bank)).toBe(CLOSED);
    const lift = await system.fault({ fault: 'error', operation: 'authorize', scope: { bank } });
    for (let n = 0; n < 3; n++) failing.push(system.charge({ source: sourceAt[bank] }));
    await eventually(`the breaker of ${bank} is open`, async () => (await stateOf(bank)) === OPEN);
    return lift;
  }
  const failing: Promise<ToldAnswer>[] = [];

  async function transitionsOf(bank: BankName): Promise<string[]> {
    const lines = (await system.log('bank-gateway')).split('\n').flatMap((line) => {
      const { bank: of, lane, from, to, cause } = line.includes('the breaker of') ? JSON.parse(line) : {};
      return of === bank && lane === 'movements' ? [`${from} → ${to}: ${cause}`] : [];
    });
    return lines;
  }

  it.each(['cedar', 'alder'] as const)(
    'of %s opens after three consecutive failures, lets one probe pass when half-open, and closes again',
    async (bank) => {
      const lift = await openBreakerOf(bank);
      const startedMs = performance.now();
      const reply = await system.charge({ source: sourceAt[bank] });
      const tookMs = performance.now() - startedMs;
      const requests = (await system.journal(bank)).filter(
        (record) => record.type === 'request' && record.chargeId === reply.chargeId,
      );
      expect(requests).toEqual([]);
      if (bank === 'alder') {
        expect(answerFields(reply)).toMatchObject({ status: 'succeeded' });
        expect((await system.standingAt(reply.chargeId!)).capture.map((entry) => entry.bank)).toEqual(['birch']);
      } else {
        expect(reply.status).toBe(402);
        expect(answerFields(reply).error).toMatchObject({ type: 'card_error', code: 'processing_error' });
        expect(tookMs).toBeLessThan(1_000);
      }
      await lift();
      // An ordinary charge is the probe.
      await eventually(
        'the breaker is closed',
        async () => {
          await system.charge({ source: sourceAt[bank] });
          return (await stateOf(bank)) === CLOSED;
        },
        { timeoutMs: 30_000, everyMs: 100 },
      );

      expect(await transitionsOf(bank)).toEqual([
        'closed → open: failures_in_a_row',
        'open → half_open: reset_time_passed',
        'half_open → closed: probe_succeeded',
      ]);
      const metrics = await system.metrics('bank-gateway');
      for (const [from, to] of [
        ['closed', 'open'],
        ['open', 'half_open'],
        ['half_open', 'closed'],
      ]) {
        expect(metrics).toContain(
          `bank_breaker_transitions_total{bank="${bank}",lane="movements",from="${from}",to="${to}"} 1\n`,
        );
      }
      await Promise.all(failing);
      expect(await system.verdictAtRest()).toMatch(SOUND);
    },
  );
});

it('has written no card number and no API key anywhere', async () => {
  expect(await secretsLeft(system)).toEqual([]);
});
