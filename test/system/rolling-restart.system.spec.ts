import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Pool } from 'undici';
import { eventually } from '#testing';
import { secretsLeft } from './secrets.js';
import { SOUND, SystemUnderTest } from './system.js';

jest.setTimeout(300_000);

/** A low rate, so that two busy cores keep up while six services start. */
const EVERY_MS = 100;
/** Additional latency allowed during the restarts, compared with the calm before. */
const DELAY_MS = 2_000;
const CALM_CHARGES = 60;
const sources = ['tok_visa', 'tok_mastercard', 'tok_amex', 'tok_discover'];

let system: SystemUnderTest;
beforeAll(async () => {
  system = await SystemUnderTest.start({ instances: { 'payments-api': 2, 'bank-gateway': 2, ledger: 2 } });
});
afterAll(() => system?.stop());

interface Answered {
  readonly latencyMs: number;
  /** Charge id and status as answered. */
  readonly charge: string;
}

/** A steady stream of charges through a round-robin load balancer that tries the other instance on a refused connection. */
class Traffic {
  readonly answers: Answered[] = [];
  /** Requests whose connection ended before the answer, so that their clients had to retry. */
  readonly cut: string[] = [];
  /** Requests that an instance refused. */
  readonly turnedAway: string[] = [];
  private readonly pools = system.apis.map((api) => new Pool(api, { connections: 64, pipelining: 1 }));
  private readonly open = new AbortController();
  private readonly running = this.run();

  async end(): Promise<void> {
    this.open.abort();
    await this.running;
    await Promise.all(this.pools.map((pool) => pool.close()));
  }

  private async run(): Promise<void> {
    const clients: Promise<void>[] = [];
    const startedMs = performance.now();
    for (let n = 0; !this.open.signal.aborted; n++) {
      await eventually('the next charge is due', () => performance.now() >= startedMs + n * EVERY_MS, { everyMs: 1 });
      clients.push(this.charge(n));
    }
    await Promise.all(clients);
  }

  private async charge(n: number): Promise<void> {
    const beganMs = performance.now();
    const apiKey = system.newApiKey();
    const key = randomUUID();
    for (let attempt = n; ; attempt++) {
      const reply = await this.ask(attempt, { apiKey, key, source: sources[n % sources.length]! });
      if (!reply) continue;
      const { status, body } = reply;
      const { id, status: said = body } = JSON.parse(body) as { id?: string; status?: string };
      const kind = status === 200 ? ('ok' as const) : ('fail' as const);
      system.history.push({ asked: 'charge', account: apiKey, key, kind, status, body, ...(id && { chargeId: id }) });
      this.answers.push({ latencyMs: performance.now() - beganMs, charge: `${id} ${said}` });
      return;
    }
  }

  /** Undefined if the request must go to another instance. */
  private async ask(
    attempt: number,
    { apiKey, key, source }: { apiKey: string; key: string; source: string },
  ): Promise<{ status: number; body: string } | undefined> {
    try {
      const { statusCode, body } = await this.pools[attempt % this.pools.length]!.request({
        path: '/v1/charges',
        method: 'POST',
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/x-www-form-urlencoded',
          'idempotency-key': key,
        },
        body: new URLSearchParams({ amount: '2000', currency: 'usd', source }).toString(),
      });
      const text = await body.text();
      if (statusCode < 500) return { status: statusCode, body: text };
      this.turnedAway.push(`${statusCode} ${text}`);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code !== 'ECONNREFUSED') this.cut.push(`${code}: ${message}`);
    }
    return undefined;
  }
}

function longest(answers: readonly Answered[]): number {
  return Math.max(...answers.map(({ latencyMs }) => latencyMs));
}

describe('a rolling restart of every instance, under steady traffic', () => {
  it('loses no charge, cuts no request off, and delays none by more than two seconds', async () => {
    const traffic = new Traffic();
    const report: string[] = [];
    // New processes are slow until their code is compiled.
    const recent = (): readonly Answered[] => traffic.answers.slice(-CALM_CHARGES);
    await eventually('it is calm', () => recent().length === CALM_CHARGES && longest(recent()) < 1_000, {
      timeoutMs: 90_000,
    });
    const calm = longest(recent());
    const calmAfter = traffic.answers.length;
    let seen = calmAfter;
    const during = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      const startedMs = performance.now();
      await work();
      const tookMs = performance.now() - startedMs;
      const enough = traffic.answers.length + 20;
      await eventually('charges flow again', () => traffic.answers.length > enough, { timeoutMs: 30_000 });
      report.push(
        `${what}: took ${tookMs.toFixed(0)} ms, longest ${longest(traffic.answers.slice(seen)).toFixed(0)} ms`,
      );
      seen = traffic.answers.length;
    };
    for (const service of ['payments-api', 'bank-gateway', 'ledger']) {
      for (const instance of [service, `${service}-2`]) {
        await during(`${instance} stops`, () => system.control.stop(instance));
        await during(`${instance} starts`, () => system.control.start(instance));
      }
    }
    await traffic.end();
    if (process.env['SHOW_NUMBERS']) {
      process.stdout.write(
        `${traffic.answers.length} charges, longest before ${calm.toFixed(0)} ms\n${report.join('\n')}\n`,
      );
      process.stdout.write(
        `cut ${traffic.cut.length}: ${traffic.cut[0]}; turned away ${traffic.turnedAway.length}: ${traffic.turnedAway[0]}\n`,
      );
    }
    expect(await system.verdictAtRest()).toMatch(SOUND);
    expect(traffic.answers.map(({ charge }) => charge).filter((charge) => !charge.endsWith(' succeeded'))).toEqual([]);
    expect(traffic.cut).toEqual([]);
    expect(traffic.turnedAway).toEqual([]);
    expect(longest(traffic.answers.slice(calmAfter))).toBeLessThan(calm + DELAY_MS);
  });
});

it('has written no card number and no API key anywhere', async () => {
  expect(await secretsLeft(system)).toEqual([]);
});
