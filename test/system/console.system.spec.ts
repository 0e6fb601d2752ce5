import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { eventually, notEmpty } from '#testing';
import type { InvariantLight } from '../../apps/console/src/invariants/lights.js';
import type { Snapshot } from '../../apps/console/src/now/snapshot.js';
import { repositoryRoot } from '../../infra/local/repository.js';
import { consoleService, services } from '../../infra/local/services.js';
import { browserPath } from '../browser.js';
import { SystemUnderTest } from './system.js';

jest.setTimeout(180_000);

const TOKEN = 'a-token-of-this-test';
let system: SystemUnderTest;
let closeControl: () => Promise<void>;
let url: string;
let chargeId: string;
/** Undefined where the machine has none. */
let browser: Browser | undefined;
beforeAll(async () => {
  system = await SystemUnderTest.start({
    services: [...services, consoleService],
    serviceEnv: {
      console: { CONSOLE_TOKEN: TOKEN },
      ledger: { RECONCILE_GRACE_MS: '2000', RECONCILE_EVERY_MS: '500' },
    },
    env: { STATEMENT_EVERY_MS: '1000' },
  });
  closeControl = await system.openControl();
  url = system.urls.admin['console']!;
  ({ chargeId = '' } = await system.charge());
  if (browserPath) browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  await closeControl?.();
  await system?.stop();
});

/** What an open page is told next. */
async function nextSnapshot(): Promise<Snapshot> {
  const abort = new AbortController();
  const response = await fetch(`${url}/api/stream`, { signal: abort.signal });
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const told = /^data: (\{"snapshot":.*\})$/m.exec(text)?.[1];
    if (told === undefined) continue;
    abort.abort();
    return (JSON.parse(told) as { snapshot: Snapshot }).snapshot;
  }
  throw new Error('the stream ended');
}

type Lights = Record<InvariantLight['id'], InvariantLight['state']>;
const allHold: Lights = { balanced: 'holds', suspense: 'holds', journals: 'holds', keys: 'holds' };

async function untilLightsAre(lights: Lights): Promise<void> {
  await eventually(
    `the lights are ${JSON.stringify(lights)}`,
    async () => {
      const snapshot = await nextSnapshot();
      const shown = Object.fromEntries(snapshot.lights.map(({ id, state }) => [id, state]));
      return JSON.stringify(shown) === JSON.stringify(lights) ? true : undefined;
    },
    { timeoutMs: 60_000, everyMs: 500 },
  );
}

const withBrowser = browserPath === undefined ? describe.skip : describe;

withBrowser('the page of the console', () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
  async function open(route: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser!.newContext(options);
    const page = await context.newPage();
    await page.goto(`${url}/#token=${TOKEN}`);
    await page.goto(`${url}/#/${route}`);
    await page.getByText('live', { exact: true }).waitFor();
    return page;
  }

  const routes = ['now', 'banks', 'charges', 'charges/one', 'traffic', 'ledger', 'leases'];
  it.each(routes)('has nothing serious for axe, light and dark, and fits a phone: %s', async (name) => {
    const route = name === 'charges/one' ? `charges/${chargeId}` : name;
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open(route, { colorScheme, viewport: { width: 390, height: 844 } });
      if (name === 'charges/one') await page.locator('.swimlane').waitFor();
      await page.evaluate(axe);
      const found = await page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
        return violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
      });
      expect(found).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      await page.context().close();
    }
  });

  it('kills and starts a process by keyboard alone', async () => {
    const page = await open('now');
    const row = page.locator('[data-process="ledger"]');
    await row.getByRole('button', { name: 'kill ledger' }).focus();
    await page.keyboard.press('Enter');
    await row.getByText('killed').waitFor();
    await row.getByRole('button', { name: 'start ledger' }).focus();
    await page.keyboard.press('Enter');
    await row.getByText('ready').waitFor({ timeout: 60_000 });
    expect(await row.getByRole('button').allTextContents()).toEqual(['kill', 'freeze', 'restart']);
    await page.context().close();
  });

  /** The pictures of docs/tour.md. They are written only when asked for: HOLDFAST_WRITE_DOCS=1. */
  async function picture(page: Page, name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      // The plots take their colours at the next message.
      await page.evaluate(
        () =>
          new Promise<void>((resolve) => {
            const stream = new EventSource('/api/stream');
            stream.addEventListener('second', () => {
              stream.close();
              setTimeout(resolve, 200);
            });
          }),
      );
      const image = await page.screenshot({ animations: 'disabled' });
      if (process.env.HOLDFAST_WRITE_DOCS)
        await writeFile(join(repositoryRoot, 'docs', 'pictures', `${name}-${colorScheme}.png`), image);
    }
  }

  it('walks the steps of the tour: a dead bank, a lost answer, a killed ledger', async () => {
    const page = await open('traffic', { viewport: { width: 1180, height: 820 } });
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText(/Running at 10 a second/).waitFor();

    await page.goto(`${url}/#/banks`);
    await page.getByRole('button', { name: 'One bank dies' }).click();
    await page.locator('[data-bank="alder"] [data-breaker="open"]').waitFor({ timeout: 30_000 });
    await picture(page, 'bank-dies');
    await page.getByRole('button', { name: 'Lift all faults' }).click();
    await page.locator('[data-bank="alder"] [data-breaker="closed"]').waitFor({ timeout: 60_000 });

    await page.goto(`${url}/#/traffic`);
    await page.getByLabel('what').selectOption('fault');
    await page.getByLabel('card network').selectOption('amex');
    await page.getByRole('button', { name: 'Charge', exact: true }).click();
    await page.locator('.result a').first().click({ timeout: 60_000 });
    await page.getByText(/in doubt until cedar answered an inquiry; it was captured once/).waitFor();
    await picture(page, 'answer-lost');

    await page.goto(`${url}/#/now`);
    await page.getByRole('button', { name: 'kill ledger' }).click();
    await page.locator('[data-process="ledger"]').getByText('killed').waitFor();
    await page.locator('[data-light="balanced"][data-state="unknown"]').waitFor({ timeout: 60_000 });
    await picture(page, 'ledger-killed');
    await page.getByRole('button', { name: 'start ledger' }).click();
    await page.locator('[data-process="ledger"]').getByText('ready').waitFor({ timeout: 60_000 });
    await page.goto(`${url}/#/traffic`);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText(/Stopped\./).waitFor();
    await page.goto(`${url}/#/charges`);
    await page.getByLabel('waits for a service').check();
    await page.getByText('No charge matches.').waitFor({ timeout: 120_000 });
    expect(await page.getByRole('rowheader').count()).toBe(0);
    await page.context().close();
  });

  it('moves nothing once it is painted', async () => {
    const page = await open('now');
    await page.locator('[data-state="holds"]').first().waitFor();
    // As text, because the types of this file are Node's.
    const shift = await page.evaluate<number>(`new Promise((resolve) => {
      const add = (list) => resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0));
      new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => resolve(0), 1_000);
    })`);
    expect(shift).toBeLessThan(0.1);
    await page.context().close();
  });
});

interface Axe {
  run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
}

describe('the lights', () => {
  it('are green, and each turns red by its own breach', async () => {
    await untilLightsAre(allHold);

    const copy = (table: string, id: string): string =>
      `INSERT INTO ${table} SELECT (jsonb_populate_record(${table}, '{"${id}": "ch_copied00000"}')).* FROM ${table} WHERE ${id} = $1`;
    await system.sql('payments', copy('charge', 'id'), [chargeId]);
    await system.sql('payments', `${copy('charge_event', 'charge_id')} AND version = 1`, [chargeId]);
    await untilLightsAre({ ...allHold, keys: 'broken' });
    await system.sql('payments', `DELETE FROM charge WHERE id = 'ch_copied00000'`);

    const addToFees = (minor: number): Promise<object[]> =>
      system.sql(
        'ledger',
        `UPDATE balance_rollup SET debits_posted_minor = debits_posted_minor + $1 WHERE account = 'fees:usd'`,
        [minor],
      );
    await addToFees(1);
    await untilLightsAre({ ...allHold, balanced: 'broken' });
    await addToFees(-1);

    const account = await system.accountOf(chargeId);
    const move = (effect: string, from: string, to: string): Promise<object[]> =>
      system.sql(
        'ledger',
        `INSERT INTO transfer (charge_id, effect, kind, debit_account, credit_account, amount_minor, currency, cause, posted_at)
         VALUES ($1, $2, 'single', $3, $4, 700, 'usd', 'by hand', now())`,
        [chargeId, effect, from, to],
      );
    await system.sql(
      'ledger',
      `INSERT INTO account (id, kind, owner, currency) VALUES ('suspense:alder:usd', 'suspense', 'alder', 'usd') ON CONFLICT DO NOTHING`,
    );
    await move('planted', `merchant:${account}:usd`, 'suspense:alder:usd');
    await untilLightsAre({ ...allHold, suspense: 'broken' });
    await move('planted back', 'suspense:alder:usd', `merchant:${account}:usd`);
    await untilLightsAre(allHold);

    // It cannot be taken back: transfers are never deleted.
    await move('planted capture', 'bank_receivable:alder:usd', `merchant:${account}:usd`);
    await untilLightsAre({ ...allHold, journals: 'broken' });
  });
});

describe('the stream', () => {
  it('tells every process and every bank', async () => {
    const { processes, banks, supervised } = await nextSnapshot();
    expect(supervised).toBe(true);
    expect(notEmpty(processes).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['postgres', 'kafka', 'ledger']),
    );
    expect(banks.map(({ name }) => name)).toEqual(['alder', 'birch', 'cedar', 'dogwood']);
  });
});
