import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { python } from '../python/python.js';
import { SystemUnderTest } from './system.js';

jest.setTimeout(180_000);

let system: SystemUnderTest;
beforeAll(async () => {
  system = await SystemUnderTest.start();
});
afterAll(() => system?.stop());

/** Runs an example, to which only the host is told. @returns what it prints */
async function run(command: string, example: string): Promise<string> {
  const { PATH } = process.env;
  const env = { PATH, HOLDFAST_URL: system.apis[0] };
  const { stdout } = await promisify(execFile)(command, [example], { env, timeout: 90_000 });
  return stdout;
}

const said = [
  /^cus_\w+ saved a card ending in 4242\.$/,
  /^pi_\w+ succeeded off session\.$/,
  /^pi_\w+ waits for its customer at http:.*\.$/,
  /^pi_\w+ succeeded; 1916 of 1999 remain after the fee\.$/,
  /^pi_\w+ was declined: insufficient_funds\.$/,
  /^re_\w+ gave 500 back\.$/,
  /^The webhook verified payment_intent\.succeeded and charge\.refunded\.$/,
];

it('a shop written from Stripe’s documentation runs unchanged, in Node', async () => {
  const lines = (await run(process.execPath, 'examples/shop.mjs')).trim().split('\n');
  expect(lines).toEqual(said.map((pattern) => expect.stringMatching(pattern)));
});

(python === undefined ? it.skip : it)(
  'a shop written from Stripe’s documentation runs unchanged, in Python',
  async () => {
    const lines = (await run(python!, 'examples/shop.py')).trim().split('\n');
    expect(lines).toEqual(said.map((pattern) => expect.stringMatching(pattern)));
  },
);
