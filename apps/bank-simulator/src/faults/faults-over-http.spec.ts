import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import type { bankProtocol } from '#contracts';
import { eventually } from '#testing';
import { authorization, inquiryOf, SimulatorUnderTest } from './simulator-under-test.js';

const clock = new SystemClock();
let simulator: SimulatorUnderTest;
beforeAll(async () => void (simulator = await SimulatorUnderTest.start()));
afterEach(() => simulator.admin('DELETE', '/faults'));
afterAll(() => simulator.stop());

const visa = (options: Partial<bankProtocol.AuthorizeRequest> = {}) => authorization(clock.now(), options);
const amex = (options: Partial<bankProtocol.AuthorizeRequest> = {}) =>
  authorization(clock.now(), { brand: 'amex', ...options });
const failureOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => undefined,
    (error: Error) => (error.cause as { code?: string } | undefined)?.code ?? error.name,
  );
const performed = async ({ reference }: bankProtocol.AuthorizeRequest, bank: bankProtocol.BankName = 'alder') =>
  (await simulator.entries(bank)).filter((entry) => entry.reference === reference).length;

const recordsOf = async ({ reference }: bankProtocol.AuthorizeRequest, bank: bankProtocol.BankName = 'alder') =>
  (await simulator.journal(bank)).filter((record) => 'reference' in record && record.reference === reference);

const patienceMs = 50;

/** Sends a request, aborts some time after the bank has it, and returns the result and the time of the abort. */
async function giveUpOn(
  bank: bankProtocol.BankName,
  request: bankProtocol.AuthorizeRequest,
): Promise<{ failure: unknown; gaveUpAt: number }> {
  const caller = new AbortController();
  const failure = failureOf(simulator.ask(bank, request, { signal: caller.signal }));
  await eventually('the bank has the request', async () => (await recordsOf(request, bank)).length > 0);
  await clock.sleep(patienceMs);
  const gaveUpAt = clock.now();
  caller.abort();
  return { failure: await failure, gaveUpAt };
}

describe('a fault of the answer', () => {
  it('latency: performed at once, answered after the delay', async () => {
    await simulator.fault({ fault: 'latency', parameters: { delayMs: 80 } });
    const startedMs = clock.monotonicMs();
    const { body } = await simulator.ask('alder', visa());
    expect(body).toMatchObject({ state: 'approved' });
    expect(clock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(79);
    expect(Number(body['now']) - Number(body['asOf'])).toBeGreaterThanOrEqual(79);
  });

  it('slow_drip: the head at once, the body little by little', async () => {
    await simulator.fault({ fault: 'slow_drip', parameters: { durationMs: 100 } });
    const startedMs = clock.monotonicMs();
    const { body } = await simulator.ask('alder', visa());
    expect(body).toMatchObject({ state: 'approved' });
    expect(clock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(95);
  });

  it('slow_drip: a caller may disconnect in between', async () => {
    await simulator.fault({ fault: 'slow_drip', times: 1, parameters: { durationMs: 10_000 } });
    const request = visa();
    expect(await giveUpOn('alder', request)).toMatchObject({ failure: 'AbortError' });
    expect((await simulator.ask('alder', request)).body).toMatchObject({ state: 'approved' });
  });

  it('not_processed: 503, not performed and not remembered', async () => {
    await simulator.fault({ fault: 'not_processed', times: 1 });
    const request = visa();
    const { status, body } = await simulator.ask('alder', request);
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: { code: 'not_processed' }, asOf: expect.any(Number), now: expect.any(Number) });
    expect(await performed(request)).toBe(0);
    expect((await simulator.ask('alder', request)).body).toMatchObject({ state: 'approved' });
  });

  it('rate_limited: 429 with Retry-After in whole seconds, not performed', async () => {
    await simulator.fault({ fault: 'rate_limited', parameters: { retryAfterMs: 1_500 } });
    const request = visa();
    const { status, body, headers } = await simulator.ask('alder', request);
    expect(status).toBe(429);
    expect(headers.get('retry-after')).toBe('2');
    expect(body).toMatchObject({ error: { code: 'not_processed' } });
    expect(await performed(request)).toBe(0);
  });

  it('drop_after: performed, then reset; a retry at an idempotent bank gets the answer', async () => {
    await simulator.fault({ fault: 'drop_after', times: 1 });
    const request = visa();
    expect(await failureOf(simulator.ask('alder', request))).toBe('ECONNRESET');
    expect(await performed(request)).toBe(1);
    expect((await simulator.ask('alder', request)).body).toMatchObject({ state: 'approved' });
    expect(await performed(request)).toBe(1);
  });
});

describe('a fault of the network', () => {
  it('outage of a bank: its port refuses connections, the others answer, and its removal takes effect at once', async () => {
    await simulator.ask('alder', visa());
    const rule = await simulator.fault({ fault: 'outage', scope: { bank: 'alder' } });
    expect(await failureOf(simulator.ask('alder', visa()))).toBe('ECONNREFUSED');
    expect((await simulator.ask('cedar', amex())).status).toBe(200);
    await simulator.admin('DELETE', `/faults/${rule.id}`);
    expect((await simulator.ask('alder', visa())).status).toBe(200);
  });

  it('outage of all the banks, for a while', async () => {
    await simulator.fault({ fault: 'outage', parameters: { durationMs: 500 } });
    expect(await failureOf(simulator.ask('cedar', amex()))).toBe('ECONNREFUSED');
    await eventually('alder is back', () => simulator.ask('alder', visa()));
    await eventually('cedar is back', () => simulator.ask('cedar', amex()));
    expect((await simulator.admin('GET', '/faults')).body).toEqual([]);
  });

  it('late: performed only after the caller’s time-out and the delay', async () => {
    await simulator.fault({ fault: 'late', parameters: { delayMs: 100 } });
    const request = visa();
    const { failure, gaveUpAt } = await giveUpOn('alder', request);
    expect(failure).toBe('AbortError');
    await eventually('the late request is performed', async () => (await performed(request)) === 1);
    const [, entry] = await recordsOf(request);
    expect(entry!.at).toBeGreaterThanOrEqual(gaveUpAt + 99);
  });

  it('duplicate: performed twice, but once at an idempotent bank', async () => {
    await simulator.fault({ fault: 'duplicate' });
    const [atAlder, atCedar] = [visa(), amex()];
    await simulator.ask('alder', atAlder);
    const { body } = await simulator.ask('cedar', atCedar);
    expect(await performed(atAlder)).toBe(1);
    const entries = (await simulator.entries('cedar')).filter(({ reference }) => reference === atCedar.reference);
    expect(entries.map(({ bankId }) => bankId)).toEqual([body['bankId'], expect.any(String)]);
  });
});

describe('a fault of the bank’s judgement', () => {
  it('refuse: a refusal, which an idempotent bank repeats after the fault is removed', async () => {
    const rule = await simulator.fault({ fault: 'refuse', operation: 'authorize', parameters: { code: 'lost_card' } });
    const request = visa();
    expect((await simulator.ask('alder', request)).body).toMatchObject({ state: 'declined', code: 'lost_card' });
    await simulator.admin('DELETE', `/faults/${rule.id}`);
    expect((await simulator.ask('alder', request)).body).toMatchObject({ state: 'declined', code: 'lost_card' });
  });

  it('refuse: a capture is refused, not declined', async () => {
    const request = visa();
    const { body } = await simulator.ask('alder', request);
    await simulator.fault({ fault: 'refuse', operation: 'capture' });
    const { instrument: _, ...rest } = visa({ chargeId: request.chargeId });
    const capture = { ...rest, kind: 'capture' as const, authorizationId: String(body['bankId']) };
    expect((await simulator.ask('alder', capture)).body).toMatchObject({ state: 'refused', code: 'refused_by_bank' });
  });

  it('refuse: made at once, and answered after the delay', async () => {
    await simulator.fault({ fault: 'refuse', parameters: { delayMs: 80 } });
    const startedMs = clock.monotonicMs();
    const { body } = await simulator.ask('alder', visa());
    expect(body).toMatchObject({ state: 'declined' });
    expect(clock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(79);
    expect(Number(body['now']) - Number(body['asOf'])).toBeGreaterThanOrEqual(79);
  });

  it('decline_after_timeout: declined after the caller’s time-out, which an idempotent bank repeats', async () => {
    await simulator.fault({ fault: 'decline_after_timeout', times: 1 });
    const request = visa();
    const { failure, gaveUpAt } = await giveUpOn('alder', request);
    expect(failure).toBe('AbortError');
    const [, decline] = await eventually('the decline is on record', async () => {
      const records = await recordsOf(request);
      return records.length === 2 && records;
    });
    expect(decline!.at).toBeGreaterThanOrEqual(gaveUpAt);
    expect((await simulator.ask('alder', request)).body).toMatchObject({ state: 'declined' });
    expect(await performed(request)).toBe(0);
  });
});

describe('a fault token', () => {
  it('hits one operation of its own charge, for the given number of times', async () => {
    const request = visa({ fault: 'tok_fault_authorize_not_processed_2' });
    const statuses = [];
    for (let attempt = 1; attempt <= 3; attempt++) statuses.push((await simulator.ask('alder', request)).status);
    expect(statuses).toEqual([503, 503, 200]);
    expect((await simulator.ask('alder', inquiryOf(request))).status).toBe(200);
  });

  it('can aim at an inquiry', async () => {
    const request = visa({ fault: 'tok_fault_inquire_error' });
    await simulator.ask('alder', request);
    const inquiry = { ...inquiryOf(request), fault: request.fault! };
    expect((await simulator.ask('alder', inquiry)).status).toBe(500);
    expect((await simulator.ask('alder', inquiry)).body).toMatchObject({ state: 'found' });
  });

  it('that is used up stays used up after a restart', async () => {
    const request = visa({ fault: 'tok_fault_authorize_error' });
    expect((await simulator.ask('alder', request)).status).toBe(500);
    await simulator.restart();
    expect((await simulator.ask('alder', request)).status).toBe(200);
  });
});
