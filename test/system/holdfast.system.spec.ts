import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { answerFields, sourceAt, SystemUnderTest } from './system.js';

jest.setTimeout(180_000);

let system: SystemUnderTest;
let closeControl: () => Promise<void>;
beforeAll(async () => {
  system = await SystemUnderTest.start();
  closeControl = await system.openControl();
});
afterAll(async () => {
  await closeControl?.();
  await system?.stop();
});

/** Runs the command. It finds the system by its run folder, as with `npm start`. @returns exit code and output */
async function holdfast(...words: string[]): Promise<{ code: number; text: string }> {
  const { PATH } = process.env;
  return promisify(execFile)(process.execPath, ['cli/holdfast.mjs', ...words], {
    env: { PATH, HOLDFAST_DATA_DIR: system.dataDir },
  }).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, text: stdout + stderr }),
  );
}

describe('holdfast on the running system', () => {
  it('explains how a charge ended', async () => {
    const { chargeId = '' } = await system.charge();
    expect(await holdfast('why', chargeId)).toMatchObject({
      code: 0,
      text: expect.stringContaining('Succeeded: alder captured 20.00 usd'),
    });
  });

  it('shows the books, parked events and limits', async () => {
    const { chargeId = '' } = await system.charge();
    expect((await holdfast('books')).text).toMatch(/^The books at/);
    expect(await holdfast('parked')).toEqual({
      code: 0,
      text: 'nothing is parked at payments-api, bank-gateway, ledger\n',
    });
    const account = await system.accountOf(chargeId);
    expect((await holdfast('limit', account, '--frozen')).text).toContain('frozen: true');
    expect((await holdfast('limit', account, '--melt')).code).toBe(2);
  });

  it('creates a key and revokes it once', async () => {
    const made = await holdfast('key', 'a shop');
    const apiKey = made.text.split('\n').find((line) => line.startsWith('sk_test_'))!;
    system.otherApiKeys.add(apiKey);
    expect(await holdfast('key', '--revoke', apiKey)).toMatchObject({ code: 0, text: 'revoked\n' });
    expect(await holdfast('key', '--revoke', apiKey)).toMatchObject({ code: 1, text: 'no such key\n' });
  });

  it('sets, lists and lifts faults', async () => {
    expect((await holdfast('faults')).text).toBe('No fault stands at the banks.\n');
    const set = await holdfast('faults', 'set', 'refuse', '--bank', 'cedar', '--operation', 'authorize');
    expect(set).toMatchObject({ code: 0, text: expect.stringMatching(/refuse +bank=cedar +authorize/) });
    expect(answerFields(await system.charge({ source: sourceAt.cedar }))).toMatchObject({
      error: { code: 'card_declined' },
    });
    expect((await holdfast('faults', '--json')).text).toContain('"fault": "refuse"');
    expect(await holdfast('faults', 'clear')).toEqual({ code: 0, text: 'All faults are lifted.\n' });
    expect(answerFields(await system.charge({ source: sourceAt.cedar }))).toMatchObject({ status: 'succeeded' });
    expect(await holdfast('faults', 'clear', 'nothing')).toMatchObject({
      code: 2,
      text: 'The banks refuse: no fault rule nothing.\n',
    });
  });

  it('kills and starts processes', async () => {
    expect((await holdfast('ctl')).text).toMatch(/^ledger +ready +pid \d+/m);
    expect((await holdfast('ctl', 'kill', 'ledger')).text).toMatch(/^ledger +killed/);
    expect((await holdfast('ctl', 'start', 'ledger')).text).toMatch(/^ledger +ready/);
    expect(await holdfast('ctl', 'kill', 'leger')).toMatchObject({ code: 2, text: expect.stringContaining('ledger') });
  });
});

describe('holdfast verify', () => {
  it('exits with 0 when no promise is broken', async () => {
    await system.charge({ source: 'tok_fault_capture_drop_after_on_amex' });
    const { code, text } = await holdfast('verify', '--within', '90');
    expect(text).toMatch(/^held +A1 /m);
    expect(text).toMatch(/^held +A10 rows/m);
    expect(text).toMatch(/^not judged +A17/m);
    expect(text).toContain('No promise is broken.');
    expect(code).toBe(0);
  });

  it('exits with 1 and names the charge when ledger and bank disagree', async () => {
    const { chargeId = '' } = await system.charge();
    await system.sql('payments', `UPDATE charge SET state = 'failed' WHERE id = $1`, [chargeId]);
    const { code, text } = await holdfast('verify', '--within', '0');
    expect(code).toBe(1);
    expect(text).toMatch(new RegExp(`^broken +A3 [^]*${chargeId}: failed, but its hold is open or posted`, 'm'));
    expect(text).toMatch(new RegExp(`^broken +A10 rows[^]*${chargeId}`, 'm'));
    const json = JSON.parse((await holdfast('verify', '--within', '0', '--json')).text) as {
      promises: { id: string; outcome: string }[];
    };
    expect(json.promises).toContainEqual(expect.objectContaining({ id: 'A3', outcome: 'broken' }));
  });
});
