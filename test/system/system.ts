import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { Stripe } from 'stripe';
import { Agent } from 'undici';
import {
  check,
  describe,
  gatherEvidence,
  standing,
  unsettled,
  type RequestKind,
  type BankEntry,
  type ToldAnswer,
} from '#checker';
import { bankProtocol } from '#contracts';
import type { KafkaConnection } from '#messaging';
import { eventually } from '#testing';
import { AnswersHeard } from './answers-heard.js';
import { startLandedVersion } from './landed-version.js';
import { startControlServer } from '../../infra/local/control-server.js';
import type { Urls } from '../../infra/local/instances.js';
import type { KafkaUser } from '../../infra/local/kafka-logins.js';
import { startRuntime, type Control, type Runtime } from '../../infra/local/runtime.js';
import type { RuntimeOptions } from '../../infra/local/runtime-options.js';

export type BankName = bankProtocol.BankName;
export type SystemDatabase = 'payments' | 'bank_gateway' | 'ledger';

/** Card network for which each bank is the first choice. */
export const brandAt = bankProtocol.byBank((name) => bankProtocol.bankProfiles[name].networks[0]!);
/** The verdict's text if no promise is broken. */
export const SOUND = /^\d+ charges: charges, ledger and journals agree$/;

const spelledOutVisa = { object: 'card', number: '4242424242424242', exp_month: '12', exp_year: '2040', cvc: '123' };
/** Source of a charge at each bank. One is a full card number, so that tests can look for it in files. */
export const sourceAt = { ...bankProtocol.byBank((name) => `tok_${brandAt[name]}`), alder: spelledOutVisa };

/** Overrides for sending a request. */
export interface SendOverrides {
  /** Default: a key of a new account. */
  readonly apiKey?: string;
  /** Default: a new one. */
  readonly idempotencyKey?: string;
  /** URL of the payments-api instance. Default: the first. */
  readonly at?: string;
}

export interface ChargeOrder extends SendOverrides {
  /** A token, or the fields of a card. Default: a full visa card number. */
  readonly source?: string | Readonly<Record<string, string>>;
  /** Minor units of usd. */
  readonly amount?: number;
  /** False for manual capture. */
  readonly capture?: boolean;
}

/** The write-ahead log is searched for secrets, so it must not be compressed. */
const readableWal = { wal_compression: 'off' };

export class SystemUnderTest {
  /** All answers to clients. */
  readonly history: ToldAnswer[] = [];
  /** Prefix of every key made here. A file that contains it contains a key, or a part of one. */
  readonly apiKeyMark = `sk_test_${randomUUID().slice(0, 8)}`;
  /** Other keys that were used. */
  readonly otherApiKeys = new Set<string>();
  readonly #heard = new AnswersHeard();
  readonly #agent = new Agent({ connections: 256, pipelining: 1, headersTimeout: 30_000 });

  private constructor(
    readonly dataDir: string,
    private readonly runtime: Runtime,
  ) {}

  /** Starts the system as real processes. @param options.dataDir default: a new folder, removed at the end */
  static start(options: Partial<RuntimeOptions> = {}): Promise<SystemUnderTest> {
    return SystemUnderTest.over(options.dataDir, (dataDir) =>
      startRuntime({
        dataDir,
        ports: 'free',
        postgresSettings: readableWal,
        ...options,
        // Spans in a file are searched for secrets as all other files are.
        env: { TRACE_EXPORT: 'file', TRACE_FILE: join(dataDir, 'spans.jsonl'), ...options.env },
      }),
    );
  }

  /** Starts the previous version on a new data folder. */
  static startLanded(commit: string, env: Record<string, string> = {}): Promise<SystemUnderTest> {
    return SystemUnderTest.over(undefined, (dataDir) =>
      startLandedVersion(commit, { folder: join(dataDir, 'landed-version'), dataDir, env }),
    );
  }

  private static async over(
    given: string | undefined,
    startIn: (dataDir: string) => Promise<Runtime>,
  ): Promise<SystemUnderTest> {
    const dataDir = given ?? (await mkdtemp(join(process.env.TEST_SYSTEMS_DIR ?? tmpdir(), 'system-')));
    await chmod(dataDir, 0o755); // under root, Postgres runs as another user, which must be able to enter
    try {
      return new SystemUnderTest(dataDir, await startIn(dataDir));
    } catch (error) {
      // Processes may still write there; the first error is the one to know.
      await rm(dataDir, { recursive: true, force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Stops every process and keeps the data folder. */
  async halt(): Promise<void> {
    await this.#agent.close();
    await this.runtime.stop();
  }

  async stop(): Promise<void> {
    await this.halt();
    if (process.env.HOLDFAST_KEEP_TEST_DATA) process.stdout.write(`Kept ${this.dataDir}\n`);
    else await rm(this.dataDir, { recursive: true, force: true });
    this.#heard.assertFaultless();
  }

  /** Opens the supervisor's control API, by which `holdfast` finds the system. @returns a function that closes it */
  async openControl(): Promise<() => Promise<void>> {
    const server = await startControlServer(this.runtime, 0);
    return () => server.close();
  }

  get control(): Control {
    return this.runtime.control;
  }

  get apis(): readonly string[] {
    return this.runtime.urls.apis;
  }

  /** URLs of all processes. */
  get urls(): Urls {
    return this.runtime.urls;
  }

  /** With the administrator's login. */
  get databaseUrl(): string {
    return this.runtime.databaseUrl;
  }

  /** With the operators' login, as their commands have it. */
  get operatorsUrl(): string {
    return this.runtime.operatorsUrl;
  }

  kafkaAs(user: KafkaUser): KafkaConnection {
    return this.runtime.kafkaAs(user);
  }

  pidOf(process: string): number {
    return this.runtime.processes().find(({ name }) => name === process)!.pid!;
  }

  /** An API key of a new account. */
  newApiKey(): string {
    return this.apiKeyMark + randomUUID().replaceAll('-', '');
  }

  /** The official package, unmodified. */
  stripe(options: { apiKey?: string; at?: string; maxNetworkRetries?: number } = {}): Stripe {
    const { hostname, port } = new URL(options.at ?? this.runtime.urls.api);
    const { apiKey = this.newApiKey(), maxNetworkRetries = 0 } = options;
    if (!apiKey.startsWith(this.apiKeyMark)) this.otherApiKeys.add(apiKey);
    const httpClient = this.#heard.httpClient();
    return new Stripe(apiKey, {
      host: hostname,
      port,
      protocol: 'http',
      telemetry: false,
      maxNetworkRetries,
      httpClient,
    });
  }

  async charge({
    source = spelledOutVisa,
    amount = 2_000,
    capture,
    ...sending
  }: ChargeOrder = {}): Promise<ToldAnswer> {
    const form = new URLSearchParams({ amount: String(amount), currency: 'usd' });
    if (capture !== undefined) form.set('capture', String(capture));
    if (typeof source === 'string') form.set('source', source);
    else for (const [field, value] of Object.entries(source)) form.set(`source[${field}]`, value);
    return this.#post('charge', '/v1/charges', form, sending);
  }

  /** @param amount minor units; default: the whole authorized amount */
  async capture(
    chargeId: string,
    { amount, ...sending }: SendOverrides & { amount?: number } = {},
  ): Promise<ToldAnswer> {
    const form = new URLSearchParams(amount === undefined ? {} : { amount: String(amount) });
    return this.#post('capture', `/v1/charges/${chargeId}/capture`, form, sending, chargeId);
  }

  /** Refunds a charge; a charge that is not captured is canceled. */
  async refund(
    chargeId: string,
    { amount, ...sending }: SendOverrides & { amount?: number } = {},
  ): Promise<ToldAnswer> {
    const form = new URLSearchParams({ charge: chargeId, ...(amount !== undefined && { amount: String(amount) }) });
    return this.#post('refund', '/v1/refunds', form, sending, chargeId);
  }

  /** Sends one request and adds it to the history. An answer of 5xx has an unknown outcome (`info`), as no answer has. */
  async #post(
    asked: RequestKind,
    path: string,
    form: URLSearchParams,
    sending: SendOverrides,
    about?: string,
  ): Promise<ToldAnswer> {
    const { apiKey = this.newApiKey(), idempotencyKey = randomUUID(), at = this.runtime.urls.api } = sending;
    const request = { asked, account: apiKey, key: idempotencyKey, ...(about !== undefined && { chargeId: about }) };
    const reply = await this.#agent
      .request({
        origin: at,
        path,
        method: 'POST',
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/x-www-form-urlencoded',
          'idempotency-key': idempotencyKey,
        },
        body: form.toString(),
      })
      .then(async ({ statusCode: status, headers, body }) => {
        const text = await body.text();
        this.#heard.hear(`POST ${path}`, status, headers, text);
        return toldBy(request, status, text);
      })
      .catch((): ToldAnswer => ({ ...request, kind: 'info' }));
    this.history.push(reply);
    return reply;
  }

  /** Retries under the same key until the answer is final. */
  async chargeUntilAnswered(order: ChargeOrder = {}, timeoutMs = 60_000): Promise<ToldAnswer> {
    const { apiKey = this.newApiKey(), idempotencyKey = randomUUID() } = order;
    return eventually(
      `the client of ${idempotencyKey} is answered`,
      async () => {
        const reply = await this.charge({ ...order, apiKey, idempotencyKey });
        return reply.status === 200 || reply.status === 402 ? reply : undefined;
      },
      { timeoutMs, everyMs: 200 },
    );
  }

  /** Sets a fault rule at the banks. @returns a function that lifts it */
  async fault(rule: bankProtocol.FaultRuleInput): Promise<() => Promise<void>> {
    const url = `${this.runtime.urls.banksAdmin}/faults`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rule),
    });
    if (!response.ok) throw new Error(`the fault was not set: ${await response.text()}`);
    const { id } = (await response.json()) as { id: string };
    return async () => void (await fetch(`${url}/${id}`, { method: 'DELETE' }));
  }

  /** Sends a request to a bank's port, bypassing the gateway. @returns the bank's answer */
  async askBank(bank: BankName, request: bankProtocol.MovementRequest): Promise<{ state: string; bankId: string }> {
    const banks = await fetch(`${this.runtime.urls.admin['bank-gateway']}/banks`);
    const { url } = ((await banks.json()) as { name: BankName; url: string }[]).find(({ name }) => name === bank)!;
    const { method, path, body } = bankProtocol.wireOf(request);
    const response = await fetch(url + path, { method, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${bank} refused: ${await response.text()}`);
    return (await response.json()) as { state: string; bankId: string };
  }

  async journal(bank: BankName): Promise<bankProtocol.JournalRecord[]> {
    const all: bankProtocol.JournalRecord[] = [];
    for (let after = 0; ;) {
      const response = await fetch(`${this.runtime.urls.banksAdmin}/banks/${bank}/journal?after=${after}`);
      const { records, next } = bankProtocol.journalPageSchema.parse(await response.json());
      if (records.length === 0) return all;
      all.push(...records);
      after = next;
    }
  }

  /** Authorizations and captures of a charge at all banks that were neither voided nor reversed. */
  async standingAt(chargeId: string): Promise<{ authorization: BankEntry[]; capture: BankEntry[] }> {
    const entries = (
      await Promise.all(
        bankProtocol.bankNames.map(async (bank) =>
          (await this.journal(bank)).flatMap((record) => (record.type === 'entry' ? [{ ...record, bank }] : [])),
        ),
      )
    ).flat();
    const ofCharge = entries.filter((entry) => entry.chargeId === chargeId);
    return { authorization: standing(ofCharge, 'authorization'), capture: standing(ofCharge, 'capture') };
  }

  async sql<Row extends object>(database: SystemDatabase, text: string, values: unknown[] = []): Promise<Row[]> {
    const url = new URL(this.runtime.databaseUrl);
    url.pathname = `/${database}`;
    const client = new Client(url.href);
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  async stateOf(chargeId: string): Promise<string | undefined> {
    const [row] = await this.sql<{ state: string }>('payments', 'SELECT state FROM charge WHERE id = $1', [chargeId]);
    return row?.state;
  }

  async accountOf(chargeId: string): Promise<string> {
    const [row] = await this.sql<{ account: string }>('payments', 'SELECT account FROM charge WHERE id = $1', [
      chargeId,
    ]);
    if (!row) throw new Error(`there is no charge ${chargeId}`);
    return row.account;
  }

  /** Runs `holdfast limit`. @returns its output */
  async limit(account: string, ...options: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['dist/cli/src/main.js', 'limit', account, ...options],
      { env: { ...process.env, NODE_OPTIONS: '', DATABASE_URL: this.operatorsUrl } },
    );
    return stdout;
  }

  /** Whether the charge has ended or waits, authorized, for its merchant. */
  async isAtRest(chargeId: string): Promise<boolean> {
    const [row] = await this.sql<{ awaiting: boolean }>('payments', 'SELECT awaiting FROM charge WHERE id = $1', [
      chargeId,
    ]);
    return row?.awaiting === false;
  }

  async metrics(process: string): Promise<string> {
    return (await fetch(`${this.runtime.urls.admin[process]}/metrics`)).text();
  }

  log(process: string): Promise<string> {
    return readFile(join(this.runtime.logsDir, `${process}.log`), 'utf8');
  }

  /** Waits for quiescence, then runs the checker. @returns its verdict as text */
  async verdictAtRest(timeoutMs = 60_000): Promise<string> {
    const where = { databaseUrl: this.runtime.operatorsUrl, banksAdminUrl: this.runtime.urls.banksAdmin };
    const evidence = await eventually(
      'every charge has ended and every event is sent',
      async () => {
        const left = await unsettled(where);
        if (left > 0) throw new Error(`${left} charges and events are under way`);
        // An event between two services is in no outbox, so the outboxes are read once more after its effect.
        const gathered = await gatherEvidence(where, this.history);
        if (gathered.unsent > 0) throw new Error(`${gathered.unsent} events are under way`);
        return gathered;
      },
      { timeoutMs, everyMs: 100 },
    );
    return describe(check(evidence));
  }

  /** Repeats the verdict until it is sound, since reconciliation may have to reverse strays first. @returns the last one */
  async soundVerdict(timeoutMs: number): Promise<string> {
    const untilMs = performance.now() + timeoutMs;
    for (;;) {
      const verdict = await this.verdictAtRest(timeoutMs);
      if (SOUND.test(verdict) || performance.now() >= untilMs) return verdict;
      await sleep(1_000);
    }
  }
}

function toldBy(
  request: Pick<ToldAnswer, 'asked' | 'account' | 'key' | 'chargeId'>,
  status: number,
  body: string,
): ToldAnswer {
  if (status >= 500) return { ...request, kind: 'info', status };
  const { id, error } = JSON.parse(body) as { id?: string; error?: { charge?: string } };
  const chargeId = request.chargeId ?? id ?? error?.charge;
  return { ...request, kind: status === 200 ? 'ok' : 'fail', status, body, ...(chargeId && { chargeId }) };
}

/** The fields of an answer that tests use. */
export function answerFields({ body }: ToldAnswer): {
  id?: string;
  status?: string;
  captured?: boolean;
  error?: { code?: string; type?: string; decline_code?: string };
} {
  return JSON.parse(body ?? '{}') as ReturnType<typeof answerFields>;
}
