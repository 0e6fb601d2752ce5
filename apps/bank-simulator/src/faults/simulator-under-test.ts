import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { SystemClock, type Clock } from '#clock';
import { bankProtocol } from '#contracts';
import { type BankSimulator, createBankSimulator } from '../bank-simulator.module.js';

/** On free ports of this machine, without a log. */
export const localSettings = {
  host: '127.0.0.1',
  ports: bankProtocol.byBank(() => 0),
  allowedHosts: ['bank-simulator'],
  adminHost: '127.0.0.1',
  adminPort: 0,
  logLevel: 'silent',
};

export interface SimulatorResponse {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A simulator on free ports with its own folder, and clients of its banks and its admin port. */
export class SimulatorUnderTest {
  private constructor(
    readonly dataDir: string,
    private simulator: BankSimulator,
    private readonly clock: Clock,
  ) {}

  static async start(clock: Clock = new SystemClock()): Promise<SimulatorUnderTest> {
    const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-banks-'));
    return new SimulatorUnderTest(dataDir, await open(dataDir, clock), clock);
  }

  get urls(): BankSimulator['urls'] {
    return this.simulator.urls;
  }

  get adminUrl(): string {
    return this.simulator.adminUrl;
  }

  async restart(): Promise<void> {
    await this.simulator.close();
    this.simulator = await open(this.dataDir, this.clock);
  }

  async stop(): Promise<void> {
    await this.simulator.close();
    await rm(this.dataDir, { recursive: true });
  }

  /** Rejects like `fetch` when the connection fails, when the answer breaks off, and when it is not JSON. */
  async ask(
    bank: bankProtocol.BankName,
    request: bankProtocol.BankRequest,
    options: { signal?: AbortSignal; headers?: Record<string, string> } = {},
  ): Promise<SimulatorResponse> {
    const { method, path, body } = bankProtocol.wireOf(request);
    const response = await fetch(`${this.urls[bank]}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
      ...options,
    });
    const json = (await response.json()) as SimulatorResponse['body'];
    return { status: response.status, headers: response.headers, body: json };
  }

  /** @param body an object goes as JSON, a text as it is, under the name that `curl -d` gives it */
  async admin(method: string, path: string, body?: object | string): Promise<{ status: number; body: unknown }> {
    const isText = typeof body === 'string';
    const response = await fetch(`${this.simulator.adminUrl}${path}`, {
      method,
      ...(body !== undefined && {
        body: isText ? body : JSON.stringify(body),
        headers: { 'content-type': isText ? 'application/x-www-form-urlencoded' : 'application/json' },
      }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }

  async fault(rule: bankProtocol.FaultRuleInput): Promise<bankProtocol.StandingFaultRule> {
    const { status, body } = await this.admin('POST', '/faults', rule);
    if (status !== 201) throw new Error(`the rule was refused: ${JSON.stringify(body)}`);
    return body as bankProtocol.StandingFaultRule;
  }

  async journal(bank: bankProtocol.BankName): Promise<bankProtocol.JournalRecord[]> {
    const { body } = await this.admin('GET', `/banks/${bank}/journal`);
    return bankProtocol.journalPageSchema.parse(body).records;
  }

  async entries(bank: bankProtocol.BankName): Promise<bankProtocol.EntryRecord[]> {
    return (await this.journal(bank)).filter((record) => record.type === 'entry');
  }
}

const open = (dataDir: string, clock: Clock): Promise<BankSimulator> =>
  createBankSimulator({
    settings: { ...localSettings, dataDir },
    clock,
    logger: pino(),
  });

let made = 0;

/** Valid for three seconds from `now`, each under a reference of its own. */
export function authorization(
  now: number,
  options: Partial<bankProtocol.AuthorizeRequest> & { brand?: bankProtocol.Brand } = {},
): bankProtocol.AuthorizeRequest {
  const { brand = 'visa', ...rest } = options;
  const serial = ++made;
  return {
    kind: 'authorize',
    reference: `op_${serial}`,
    validUntil: now + 3_000,
    account: 'acct_1',
    chargeId: `ch_${serial}`,
    amountMinor: 1000,
    currency: 'usd',
    instrument: { brand, last4: '4242', fingerprint: 'fp_1', behavior: 'approve' },
    ...rest,
  };
}

export const inquiryOf = ({
  reference,
  account,
  chargeId,
}: bankProtocol.AuthorizeRequest): bankProtocol.InquireRequest => ({ kind: 'inquire', reference, account, chargeId });
