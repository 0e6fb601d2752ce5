import { describe, expect, it } from '@jest/globals';
import type { BankOrder } from '#bank-call';
import type { bankProtocol } from '#contracts';
import { createLog, Metrics } from '#telemetry';
import { FakeClock } from '#testing';
import { paidWith } from '../../test/authorization-under-test.js';
import { banksBehind, hangs, reset, StubBanks } from '../../test/stub-banks.js';
import { authorize } from '../authorizations/authorization/authorization.js';
import type { ChargeTerms } from '../authorizations/authorization/authorization-state.js';
import { observeBanks } from './observe-banks.js';

const plain = (account: string, brand: bankProtocol.Brand = 'discover'): ChargeTerms => ({
  ...paidWith(brand),
  account,
});
const withToken = (account: string, brand: bankProtocol.Brand = 'discover'): ChargeTerms => ({
  ...plain(account, brand),
  fault: `tok_fault_authorize_error_3_on_${brand}`,
});

/** Banks that fail every request of a charge with a token, and a record of their requests. */
async function given() {
  const clock = new FakeClock();
  const stub = new StubBanks(clock);
  const banks = banksBehind(stub, clock);
  await banks.start();
  for (const { config } of banks.all)
    stub.does(config.name, (request) => ('fault' in request ? reset : stub.yes(request)));
  let calls = 0;
  const ask = async (bank: bankProtocol.BankName, order: BankOrder): Promise<string> => {
    const attempt = { id: `at_${++calls}`, begunAtMs: clock.monotonicMs(), validUntil: stub.now() + 3_000 };
    const { outcome } = await banks.call(bank, order, { attempt });
    return outcome.kind === 'answered' ? outcome.answer.state : outcome.reason;
  };
  const authorizeAt = (bank: bankProtocol.BankName, terms: ChargeTerms): Promise<string> =>
    ask(bank, {
      kind: 'authorize',
      reference: `${terms.account}.${calls}`,
      chargeId: terms.chargeId,
      amountMinor: 1_000,
      currency: 'usd',
      instrument: terms.card,
      ...aim(terms),
    });
  return { banks, ask, authorizeAt, clock };
}
const aim = ({ account, fault }: ChargeTerms) => (fault === null ? { account } : { account, fault });

/** The bank that routing selects for a charge. */
const routed = (banks: Awaited<ReturnType<typeof given>>['banks'], terms: ChargeTerms): string => {
  const { state } = authorize({ terms, operations: [] }, banks.view());
  return state.state === 'authorizing' ? state.operations[0]!.bank : state.state;
};

describe('a fault token', () => {
  it('of one account affects no charge without one: sixty of another account are authorized, and sixty of its own', async () => {
    const { banks, authorizeAt } = await given();
    for (let n = 0; n < 3; n++) expect(await authorizeAt('dogwood', withToken('acct_a'))).toBe('reset');
    for (const account of ['acct_b', 'acct_a']) {
      for (let n = 0; n < 60; n++) {
        expect(routed(banks, plain(account))).toBe('dogwood');
        expect(await authorizeAt('dogwood', plain(account))).toBe('approved');
      }
    }
    expect(banks.moment('dogwood', plain('acct_a')).breakerOpen).toBe(false);
  });

  it('routes further charges of its account with tokens to another bank, or fails them at once', async () => {
    const { banks, authorizeAt } = await given();
    for (const bank of ['dogwood', 'alder'] as const)
      for (let n = 0; n < 3; n++) await authorizeAt(bank, withToken('acct_a'));
    expect(routed(banks, withToken('acct_a'))).toBe('failed');
    expect(routed(banks, withToken('acct_a', 'visa'))).toBe('birch');
    expect(routed(banks, withToken('acct_c'))).toBe('dogwood');
    expect(banks.canBegin('dogwood', withToken('acct_a'))).toBe(false);
    expect(banks.moment('dogwood', withToken('acct_a')).breakerOpen).toBe(true);
    expect(banks.moment('dogwood', withToken('acct_c')).breakerOpen).toBe(false);
  });

  it('isolates inquiries and reversals of its charge, too', async () => {
    const { banks, ask } = await given();
    const about = { ...aim(withToken('acct_a')), chargeId: 'ch_1' } as const;
    for (let n = 0; n < 3; n++) await ask('cedar', { kind: 'inquire', reference: 'ch_1.capture', ...about });
    for (let n = 0; n < 3; n++)
      await ask('cedar', { kind: 'reverse', reference: 'ch_1.r', target: { reference: 'ch_1' }, ...about });
    const { shared } = banks.callers('cedar');
    expect([shared.state('inquiries'), shared.state('movements')]).toEqual(['closed', 'closed']);
    expect(await ask('cedar', { kind: 'statement', after: 0, limit: 1 })).toBe('statement');
    const own = banks.caller('cedar', withToken('acct_a'));
    expect([own.state('inquiries'), own.state('movements')]).toEqual(['open', 'open']);
  });
});

describe('a gateway that starts', () => {
  /** A bank that is silent for the first `silentQuestions` requests, and the promise of `start`. */
  function starting(silentQuestions: number) {
    const clock = new FakeClock();
    const stub = new StubBanks(clock);
    let questions = 0;
    const banks = banksBehind(
      {
        send: (bank, request, options) =>
          bank === 'cedar' && ++questions <= silentQuestions
            ? Promise.resolve(hangs(request, options))
            : stub.send(bank, request, options),
      },
      clock,
    );
    let hasStarted = false;
    void banks.start().then(() => (hasStarted = true));
    return { banks, clock, hasStarted: () => hasStarted };
  }

  it('reads every bank’s clock before it routes a charge', async () => {
    const { banks, clock, hasStarted } = starting(0);
    await clock.advance(0);
    expect(hasStarted()).toBe(true);
    expect(routed(banks, plain('acct_a', 'amex'))).toBe('cedar');
  });

  it('waits for a silent bank no longer than one time-out, and goes on asking in the background', async () => {
    const { banks, clock, hasStarted } = starting(2);
    await clock.advance(1_999);
    expect(hasStarted()).toBe(false);
    await clock.advance(5_000);
    expect(hasStarted()).toBe(true);
    expect(routed(banks, plain('acct_a', 'amex'))).toBe('cedar');
  });
});

describe('the telemetry of breakers', () => {
  it('of isolated callers is a log line with the account, and a metric without it', async () => {
    const lines: Record<string, unknown>[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
    const metrics = new Metrics(new FakeClock());
    const log = createLog({ service: 'bank-gateway', instance: 'one', level: 'debug', destination });
    const observer = observeBanks(log, metrics);
    const opened = {
      bank: 'cedar',
      lane: 'movements',
      from: 'closed',
      to: 'open',
      cause: 'failures_in_a_row',
    } as const;
    observer.transitioned?.(opened);
    for (const isolatedTo of ['acct_a', 'acct_b']) observer.transitioned?.({ ...opened, isolatedTo });
    expect(lines.map(({ level, msg, account }) => [level, msg, account])).toEqual([
      ['warn', 'the breaker of cedar (movements) went from closed to open', undefined],
      ['info', 'an isolated breaker of cedar (movements) went from closed to open', 'acct_a'],
      ['info', 'an isolated breaker of cedar (movements) went from closed to open', 'acct_b'],
    ]);
    const text = await metrics.text();
    const labels = '{bank="cedar",lane="movements",from="closed",to="open"}';
    expect(text).toContain(`bank_breaker_transitions_total${labels} 1\n`);
    expect(text).toContain(`bank_isolated_breaker_transitions_total${labels} 2\n`);
    expect(text).not.toContain('acct_');
  });
});
