import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ToldAnswer } from '#checker';
import { bankProtocol } from '#contracts';
import { eventually } from '#testing';
import { dashboards } from '../../infra/grafana/dashboards.js';
import { repositoryRoot } from '../../infra/local/repository.js';
import { alertRules } from '../../infra/prometheus/alert-rules.js';
import { seriesIn } from '../../infra/prometheus/promql-names.js';
import { processMetrics, registeredMetrics, scrapedServices } from '../../infra/prometheus/registered-metrics.js';
import { scrapedMetrics } from './exposed-metrics.js';
import { endingsIn, pageOfEndings, type FaultEnding } from './page-of-endings.js';
import { SOUND, SystemUnderTest, brandAt, answerFields, sourceAt, type BankName } from './system.js';

jest.setTimeout(900_000);

const { bankNames, faultNames, operationsOf, tokenOperations } = bankProtocol;
type Operation = (typeof tokenOperations)[number];
type Case = Pick<FaultEnding, 'bank' | 'fault'> & { readonly operation: Operation };
type Ended = Case & { readonly chargeId: string; readonly ending: string };

/** Every fault on every operation that it applies to. At idempotent banks a retry replaces the inquiry. */
const casesAt = (bank: BankName): Case[] =>
  tokenOperations
    .filter((operation) => operation !== 'inquire' || !bankProtocol.bankProfiles[bank].idempotent)
    .flatMap((operation) =>
      faultNames
        .filter((fault) => operationsOf(fault).includes(operation))
        .map((fault) => ({ bank, operation, fault })),
    );

let system: SystemUnderTest;
let neighbours: Neighbours;
const endings: Ended[] = [];

beforeAll(async () => {
  system = await SystemUnderTest.start();
  const beside = besideFaultTokens();
  await Promise.all(
    bankNames.map(async (bank) => {
      const ending: Promise<Ended>[] = [];
      for (const each of casesAt(bank)) ending.push((await provoke(each)).ending);
      endings.push(...(await Promise.all(ending)));
    }),
  );
  neighbours = await beside;
  await Promise.all(neighbours.withTokens);
});
afterAll(() => system?.stop());

interface Neighbours {
  /** Charges with fault tokens, of the noisy account. */
  readonly withTokens: Promise<unknown>[];
  /** Charges without fault tokens, of the noisy account and of another. */
  readonly plainOfSame: readonly ToldAnswer[];
  readonly plainOfOther: readonly ToldAnswer[];
}

/** One account causes enough faults by tokens to open a breaker, while charges without tokens go to the same bank. */
async function besideFaultTokens(): Promise<Neighbours> {
  const [noisy, quiet] = [system.newApiKey(), system.newApiKey()];
  const charge = (apiKey: string, source: string) => system.charge({ apiKey, source });
  const plain = async (apiKey: string, count: number): Promise<ToldAnswer[]> => {
    const reply: ToldAnswer[] = [];
    for (let n = 0; n < count; n++) reply.push(await charge(apiKey, sourceAt.dogwood));
    return reply;
  };
  const failing = 'tok_fault_authorize_error_3_on_discover';
  const withTokens = Array.from({ length: 3 }, () => charge(noisy, failing));
  await eventually(
    'three attempts in a row have failed',
    async () => {
      const journal = await system.journal('dogwood');
      return journal.filter((record) => record.type === 'request' && record.token === failing).length >= 3;
    },
    { timeoutMs: 60_000 },
  );
  for (const fault of ['hang', 'drop_before', 'hang', 'malformed', 'hang', 'cut'])
    for (let n = 0; n < 3; n++) withTokens.push(charge(noisy, `tok_fault_authorize_${fault}_always_on_discover`));
  const [plainOfSame, plainOfOther] = await Promise.all([plain(noisy, 20), plain(quiet, 60)]);
  return { withTokens, plainOfSame, plainOfOther };
}

/** Resolves once the fault has struck. The charge's end is awaited while the next case runs. */
async function provoke({ bank, operation, fault }: Case): Promise<{ ending: Promise<Ended> }> {
  const apiKey = system.newApiKey();
  // A first charge, to learn the account's id.
  const healthy = await system.charge({ apiKey, source: sourceAt[bank] });
  expect(answerFields(healthy)).toMatchObject({ status: 'succeeded' });
  const account = await system.accountOf(healthy.chargeId!);
  // An inquiry happens only if an attempt is in doubt.
  const lift =
    operation === 'inquire'
      ? await system.fault({ fault: 'drop_after', operation: 'capture', scope: { account }, times: 1 })
      : undefined;
  const working = takeThrough(operation, {
    apiKey,
    source: `tok_fault_${operation}_${fault}_on_${brandAt[bank]}`,
  });
  await eventually(`${fault} has struck ${operation} at ${bank}`, () => struck(bank, account, operation), {
    timeoutMs: 60_000,
    everyMs: 50,
  });
  return { ending: working.then(endingOf) };

  async function endingOf(chargeId: string): Promise<Ended> {
    await lift?.();
    await eventually(`${chargeId} (${fault} on ${operation} at ${bank}) ends`, () => system.isAtRest(chargeId), {
      timeoutMs: 180_000,
      everyMs: 250,
    });
    return { bank, operation, fault, chargeId, ending: await inWords(operation, chargeId, apiKey) };
  }
}

async function takeThrough(operation: Operation, order: { apiKey: string; source: string }): Promise<string> {
  const { chargeId } = await system.charge({ ...order, capture: operation !== 'void' });
  if (operation === 'void' || operation === 'refund') await system.refund(chargeId!, { apiKey: order.apiKey });
  return chargeId!;
}

async function inWords(operation: Operation, chargeId: string, apiKey: string): Promise<string> {
  const stripe = system.stripe({ apiKey });
  if (operation === 'void' || operation === 'refund') {
    const [refund] = (await stripe.refunds.list({ charge: chargeId })).data;
    return `${operation === 'void' ? 'cancellation' : 'refund'} ${refund?.status}`;
  }
  const { status, failure_code: code } = await stripe.charges.retrieve(chargeId);
  return status === 'failed' ? `failed: ${code}` : status;
}

/** The additional requests that the case took, from the bank's journal. */
function wayOf({ chargeId, operation }: Ended, journal: readonly bankProtocol.JournalRecord[]): string[] {
  const requests = journal.flatMap((record) =>
    record.type === 'request' && record.chargeId === chargeId ? [record.operation] : [],
  );
  const struckOne = operation === 'inquire' ? 'capture' : operation;
  const asked = requests.filter((each) => each === struckOne).length;
  return [
    ...(requests.includes('inquire') ? ['inquired'] : []),
    ...(asked > 1 ? ['asked again'] : []),
    ...(requests.includes('reverse') ? ['reversed'] : []),
  ];
}

async function struck(bank: BankName, account: string, operation: Operation): Promise<boolean> {
  return (await system.journal(bank)).some(
    (record) =>
      record.type === 'request' &&
      record.account === account &&
      record.operation === operation &&
      record.fault?.by === 'token',
  );
}

describe('every fault on every operation at every bank', () => {
  it('affects only its own charge: no other charge at the bank is refused, and no shared breaker opens', async () => {
    const { plainOfOther, plainOfSame } = neighbours;
    const said = [...plainOfOther, ...plainOfSame].map((reply) => [reply.status, answerFields(reply)['status']]);
    expect(said).toEqual(said.map(() => [200, 'succeeded']));
    const metrics = await system.metrics('bank-gateway');
    expect(metrics).not.toContain('bank_breaker_transitions_total{');
    expect(metrics).toContain('bank_isolated_breaker_transitions_total{bank="dogwood",lane="movements",from="closed"');
  });

  it('ends, with charges, ledger and journals in agreement', async () => {
    expect(endings).toHaveLength(bankNames.flatMap(casesAt).length);
    // A second performance by the bank itself is found in its statement and reversed.
    expect(await system.soundVerdict(120_000)).toMatch(SOUND);
  });

  it('ends as docs/faults.md says', async () => {
    const file = join(repositoryRoot, 'docs', 'faults.md');
    const journals = new Map(
      await Promise.all(bankNames.map(async (bank) => [bank, await system.journal(bank)] as const)),
    );
    const page = pageOfEndings(endings.map((each) => ({ ...each, way: wayOf(each, journals.get(each.bank)!) })));
    if (process.env.HOLDFAST_WRITE_DOCS) await writeFile(file, page);
    // The number of requests depends on timing; the endings do not.
    expect(endingsIn(page)).toBe(endingsIn(await readFile(file, 'utf8')));
  });
});

describe.each(scrapedServices)('what %s exposes', (service) => {
  const known = [...registeredMetrics(), ...processMetrics()].filter(({ services }) => services.includes(service));

  it('are the metrics of docs/metrics.md, with their types and labels', async () => {
    const scraped = scrapedMetrics(await system.metrics(service));
    const byName = new Map(known.map((metric) => [metric.name, metric]));
    const documented = [...scraped].map(([name, { labels }]): [string, string, readonly string[]] => {
      const row = byName.get(name);
      return [
        name,
        row?.type ?? 'no row',
        labels === undefined || labels.length === 0 ? (labels ?? []) : (row?.labels ?? []),
      ];
    });
    expect([...scraped].map(([name, { type, labels = [] }]) => [name, type, labels])).toEqual(documented);
    expect(known.filter(({ name }) => !scraped.has(name))).toEqual([]);
  });
});

it('each query of a dashboard and each alert finds its metrics and labels in a scrape', async () => {
  const scrapes = await Promise.all(scrapedServices.map((service) => system.metrics(service)));
  const scraped = scrapes.map(scrapedMetrics);
  const labelsOf = (series: string): ReadonlySet<string> | undefined => {
    const found = [series, series.replace(/_(?:bucket|sum|count)$/, '')].flatMap((name) =>
      scraped.flatMap((metrics) => metrics.get(name) ?? []),
    );
    const labels = found.flatMap((metric) => metric.labels ?? []);
    // What has not happened yet has no sample: its labels are those of docs/metrics.md.
    const registered = registeredMetrics().find(({ name }) => series.startsWith(name))?.labels ?? [];
    return found.length === 0
      ? undefined
      : new Set(['job', 'instance', 'le', ...(labels.length > 0 ? labels : registered)]);
  };
  const exprs = [
    ...dashboards.flatMap(({ panels }) => panels.flatMap(({ queries }) => Object.values(queries))),
    ...alertRules().map(({ expr }) => expr),
  ];
  const missing = exprs.flatMap(seriesIn).flatMap(({ metric, labels }) => {
    if (metric === 'up') return [];
    const known = labelsOf(metric);
    return known ? labels.filter((label) => !known.has(label)).map((label) => `${metric} ${label}`) : [metric];
  });
  expect(exprs.length).toBeGreaterThan(60);
  expect(missing).toEqual([]);
});
