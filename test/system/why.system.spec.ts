import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '#testing';
import { answerFields, SystemUnderTest } from './system.js';

jest.setTimeout(120_000);

let system: SystemUnderTest;
beforeAll(async () => {
  system = await SystemUnderTest.start();
});
afterAll(() => system?.stop());

const why = (...words: string[]) => holdfast('why', ...words);

/** Runs a command. @returns exit code and output */
async function holdfast(...words: string[]): Promise<{ code: number; text: string }> {
  const { admin, banksAdmin } = system.urls;
  const doors = {
    PAYMENTS_ADMIN_URL: admin['payments-api'],
    GATEWAY_ADMIN_URL: admin['bank-gateway'],
    LEDGER_ADMIN_URL: admin['ledger'],
    BANKS_ADMIN_URL: banksAdmin,
  };
  return promisify(execFile)(process.execPath, ['dist/cli/src/main.js', ...words], {
    env: { ...process.env, NODE_OPTIONS: '', ...doors },
  }).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, text: stderr }),
  );
}

describe('holdfast trace', () => {
  it('draws a charge from its request over outbox, Kafka, services and each attempt at a bank to its answer', async () => {
    const { chargeId = '' } = await system.charge({ source: 'tok_fault_capture_drop_after_on_amex' });
    const { code, text } = await holdfast('trace', chargeId);
    expect(code).toBe(0);
    const lines = text.trimEnd().split('\n');
    const order = [
      /^trace [0-9a-f]{32}, /,
      /payments-api +POST \/v1\/charges → 200/,
      /payments-api +send payments\.charge_requested/,
      /bank-gateway +process payments\.charge_requested/,
      /bank-gateway +authorize at cedar → approved/,
      /bank-gateway +POST → approved/,
      /ledger +process bank\.authorization_approved/,
      /bank-gateway +process ledger\.hold_placed/,
      /bank-gateway +capture at cedar → /,
      /ledger +process bank\.capture_succeeded/,
      /payments-api +process ledger\.charge_posted/,
    ].map((mark) => lines.findIndex((line) => mark.test(line)));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(lines.filter((line) => line.includes('…'))).toEqual([]);
    expect(lines.filter((line) => /POST → (reset|timeout)/.test(line)).length).toBeGreaterThan(0);
  });

  it('draws a charge from what the services store, in one tree', async () => {
    const { chargeId = '' } = await system.charge({ source: 'tok_visa' });
    const { code, text } = await holdfast('trace', chargeId, '--stored');
    expect(code).toBe(0);
    expect(text).toMatch(/^No recorded span/);
    expect(text).toMatch(/ledger +posts 20\.00 usd to the merchant/);
  });
});

describe('holdfast why', () => {
  it('explains a compensated charge from its request to its final state', async () => {
    const { chargeId = '' } = await system.charge({ source: 'tok_fault_capture_refuse_always' });
    const { code, text } = await why(chargeId);
    expect(code).toBe(0);
    const lines = text.trimEnd().split('\n');
    const order = [
      'payments.charge_requested',
      'bank.authorization_approved',
      'ledger.hold_placed',
      'to capture 20.00 usd: refused',
      'bank.authorization_voided',
      'ledger.charge_released',
      'is told 402',
    ].map((mark) => lines.findIndex((line) => line.includes(mark)));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(lines.at(-1)).toBe('Failed: alder refused the capture, so the authorization was voided; nothing is held.');
    expect(text).not.toContain('could not be asked');
  });

  it('finds a charge by its refund and by its idempotency key', async () => {
    const apiKey = system.newApiKey();
    const { chargeId = '' } = await system.charge({ source: 'tok_visa', idempotencyKey: 'looked-up', apiKey });
    const { id } = answerFields(await system.refund(chargeId, { amount: 500, apiKey })) as { id: string };
    const { text } = await why(id);
    expect(text).toContain(`asks to refund 5.00 usd (${id})`);
    const account = /of (acct_\w+)/.exec(text)![1]!;
    expect((await why(account, 'looked-up')).text).toBe((await why(chargeId)).text);
  });

  it('explains the rest if a service is down, and names the service', async () => {
    const { chargeId = '' } = await system.charge({ source: 'tok_visa' });
    await system.control.kill('ledger');
    const { code, text } = await why(chargeId);
    expect(code).toBe(0);
    expect(text).toMatch(/ledger +could not be asked: nothing listens at/);
    expect(text).toContain('Succeeded: alder captured 20.00 usd');
    const { text: trace } = await holdfast('trace', chargeId);
    expect(trace).toMatch(/bank-gateway +… process ledger\.hold_placed/);
    expect(trace).toMatch(/was not heard: ECONNREFUSED/);
    await system.control.start('ledger');
    await eventually(
      'the ledger is asked again',
      async () => !(await why(chargeId)).text.includes('could not be asked'),
    );
  });

  it('exits with 1 for an unknown charge, and with 2 for a malformed id', async () => {
    expect(await why('ch_00000000000')).toMatchObject({
      code: 1,
      text: expect.stringContaining('No service and no bank knows ch_00000000000'),
    });
    expect(await why('order-7')).toMatchObject({ code: 2, text: expect.stringContaining('order-7 is no charge') });
  });
});
