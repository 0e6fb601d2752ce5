import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { Database } from '#postgres';
import { withFrameTables } from '#service';
import { provisionForTests } from '#testing';
import { paymentsDatabase } from '../../payments-database.js';
import { recordEvent, noCharge } from '../charge/charge-record.js';
import { openValues } from './charge-record-rows.js';
import { openStatement } from './charge-statements.js';
import { aChargeOpened } from '../charge/testing/a-charge.js';

let url: string;
let operatorsUrl: string;
let database: Database;
beforeAll(async () => {
  // The command knows its database by name: nothing else here uses that one.
  ({ url, operatorsUrl } = await provisionForTests(withFrameTables(paymentsDatabase)));
  database = await Database.open({ url, database: paymentsDatabase.name, clock: new SystemClock() });
}, 60_000);
afterAll(() => database.close());

async function exitCodeOfCommand(): Promise<number> {
  const command = spawn(process.execPath, ['dist/apps/payments-api/src/charges/store/verify-projection.js'], {
    env: { ...process.env, DATABASE_URL: operatorsUrl, NODE_OPTIONS: '' },
    stdio: 'ignore',
  });
  const [code] = (await once(command, 'exit')) as [number];
  return code;
}

describe('the command behind holdfast verify', () => {
  it('exits with 0 when every row follows from its events, and with 1 when one does not', async () => {
    const charge = recordEvent(noCharge('k'), aChargeOpened({ id: 'ch_00000000001', capture: 'manual' }));
    await database.query(openStatement, openValues([{ record: charge }]));
    expect(await exitCodeOfCommand()).toBe(0);
    await database.query({ name: 'test.forge', text: `UPDATE charge SET awaiting = false` });
    expect(await exitCodeOfCommand()).toBe(1);
  }, 60_000);
});
