import { DiscoveryService } from '@nestjs/core';
import { BankCallers } from '#bank-call';
import { OUTBOX_STORE, AdminServer, BUS, CLOCK, FrameJobs, LOG, SETTINGS, Shutdown, StepRegistry } from '#service';
import { PostgresOutboxStore, StepTransport, type Bus } from '#messaging';
import { Database, type PgTransaction } from '#postgres';
import {
  SimulatedBus,
  SimulatedClock,
  SimulatedDatabase,
  type BrokerHost,
  type DatabaseHost,
  type SimulatedProcess,
} from '#virtual-time';
import { Metrics, Tracing } from '#telemetry';
import { BankClients } from '../../../../apps/bank-gateway/src/banks/banks.js';
import { observeBanks } from '../../../../apps/bank-gateway/src/banks/observe-banks.js';
import { bankConfigs, type GatewaySettings } from '../../../../apps/bank-gateway/src/settings.js';
import { ACCOUNTS } from '../../../../apps/payments-api/src/accounts/accounts.module.js';
import type { Accounts } from '../../../../apps/payments-api/src/accounts/accounts.repository.js';
import { WEBHOOK_SENDER } from '../../../../apps/payments-api/src/webhooks/delivery/webhook-sender.js';
import type { SimulatedBanks } from '../banks/simulated-banks.js';
import type { SimulatedReceivers } from '../receivers/simulated-receivers.js';
import { countingMetrics, type Counts } from '../log/counting-metrics.js';
import type { WorldLog } from '../log/world-log.js';
import { tellingLog, type WorldLogLevel } from '../log/log-to-world.js';
import { API_SECRET } from '../databases/api-keys.js';
import { AssembledService } from './assembled.js';
import { RouteHandlers } from './route-handlers.js';
import { routesOf, type SimulatedRoute } from './routes.js';
import { SimulatedDoor } from './simulated-door.js';
import type { SimulatedServiceDefinition } from './service-definition.js';
import type { ProviderToken } from './wiring.js';

/** The environment of a simulated process. */
export interface ProcessEnvironment {
  readonly database: DatabaseHost;
  readonly broker: BrokerHost;
  readonly banks: SimulatedBanks;
  readonly receivers: SimulatedReceivers;
  readonly story: WorldLog;
  readonly counts: Counts;
  /** Settings that differ from the defaults. */
  readonly settings: Readonly<Record<string, number | string>>;
  /** Called for each log line. */
  readonly onLine: (level: WorldLogLevel, message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** Whether the jobs for parked events and retention run. In most worlds they find nothing and cost most of the events. */
  readonly keepsHouse: boolean;
}

const plans = new WeakMap<SimulatedServiceDefinition, { settings: object; routes: SimulatedRoute[] }>();

function planOf(definition: SimulatedServiceDefinition) {
  let plan = plans.get(definition);
  if (!plan) {
    const { options, wiring } = definition;
    const environment = {
      DATABASE_URL: 'postgres://memory/',
      KAFKA_BROKERS: 'memory:1',
      ADMIN_PORT: '0',
      API_SECRET,
    };
    plan = {
      settings: options.settings.from(environment),
      routes: routesOf(wiring.controllers),
    };
    plans.set(definition, plan);
  }
  return plan;
}

/** One instance of a service in a simulated process, from its start to its kill or orderly end. */
export class RunningService {
  assembled: AssembledService | undefined;
  door: SimulatedDoor | undefined;
  handlers: RouteHandlers | undefined;
  #stopping = false;
  readonly #databases = new Map<string, SimulatedDatabase>();

  constructor(
    readonly definition: SimulatedServiceDefinition,
    readonly process: SimulatedProcess,
    private readonly around: ProcessEnvironment,
  ) {}

  get name(): string {
    return this.definition.options.name;
  }

  get routes(): readonly SimulatedRoute[] {
    return planOf(this.definition).routes;
  }

  /** Whether it consumes events and serves requests. */
  get ready(): boolean {
    return this.assembled !== undefined && !this.process.dead && !this.#stopping;
  }

  /**
   * SIGTERM: production's own shutdown. Resolves when the process has ended.
   *
   * @returns whether every phase succeeded
   */
  async stop(): Promise<boolean> {
    this.#stopping = true;
    const clean = await this.assembled!.get<Shutdown>(Shutdown).run();
    this.process.kill();
    return clean;
  }

  async start(): Promise<void> {
    const { wiring } = this.definition;
    const { settings } = planOf(this.definition);
    const discovery = { getControllers: () => assembled.controllers().map((instance) => ({ instance })) };
    const ports = (await this.#ports(settings)).set(DiscoveryService, discovery);
    const assembled = await AssembledService.of(wiring, ports);
    const transport = assembled.get<StepTransport<PgTransaction>>(StepTransport);
    // Nest's microservice registers the handlers before it listens. The transport never calls these callbacks.
    for (const { on } of assembled.get<StepRegistry>(StepRegistry).steps())
      transport.addHandler(on.type, () => Promise.resolve(), true);
    await transport.listen((error?: unknown) => {
      if (error) throw error as Error;
    });
    if (this.around.keepsHouse) assembled.get<FrameJobs>(FrameJobs).start();
    this.#endInOrder(assembled);
    this.handlers = new RouteHandlers(assembled);
    this.assembled = assembled;
    this.around.story.tell(this.process.name, 'ready');
  }

  /** Registers the shutdown phases of the parts that are simulated here. */
  #endInOrder(assembled: AssembledService): void {
    const shutdown = assembled.get<Shutdown>(Shutdown);
    this.door = new SimulatedDoor(assembled.get<SimulatedClock>(CLOCK), shutdown);
    if (this.name === 'bank-gateway') assembled.get<BankClients>(BankClients).closeDuring(shutdown);
    shutdown.during('pools', 'the connections to Kafka', () => assembled.get<Bus>(BUS).close());
    for (const [what, database] of this.#databases) shutdown.during('pools', what, () => database.close());
  }

  /** The simulated ports; everything else is production code. */
  async #ports(settings: object): Promise<Map<ProviderToken, unknown>> {
    const { process, around } = this;
    const clock = new SimulatedClock(process);
    const database = new SimulatedDatabase(process, around.database);
    const ofRelay = new SimulatedDatabase(process, around.database, 2);
    this.#databases.set('the database', database).set('the relay’s database', ofRelay);
    const log = tellingLog(around.story, process.name, around.onLine);
    const metrics = countingMetrics(around.counts);
    const own = { ...settings, ...around.settings, INSTANCE_ID: process.name };
    const tracing = {
      isRecorded: () => false,
      recordSpan: () => undefined,
      startSpan: (_: string, { parent = '' }: { parent?: string | undefined } = {}) => span(parent),
    };
    const bus: Bus = new SimulatedBus(process, around.broker);
    const ports = new Map<ProviderToken, unknown>([
      [SETTINGS, own],
      [this.definition.options.settings.KEY, own],
      [CLOCK, clock],
      [LOG, log],
      [Metrics, metrics],
      [Tracing, tracing],
      [AdminServer, { get: () => undefined }],
      [Database, database],
      [BUS, bus],
      [OUTBOX_STORE, new PostgresOutboxStore(ofRelay)],
      [WEBHOOK_SENDER, around.receivers.senderOf(process)],
    ]);
    if (around.settings['API_KEYS'] !== 'strict') ports.set(ACCOUNTS, namedByTheirKeys);
    if (this.name === 'bank-gateway')
      ports.set(
        BankClients,
        await this.#banks(own as GatewaySettings, clock, log, metrics, tracing as unknown as Tracing),
      );
    return ports;
  }

  async #banks(
    settings: GatewaySettings,
    clock: SimulatedClock,
    log: Parameters<typeof observeBanks>[0],
    metrics: Metrics,
    tracing: Tracing,
  ): Promise<BankClients> {
    const port = this.around.banks.portOf(this.process);
    const observer = observeBanks(log, metrics);
    const callers = bankConfigs(settings).map((config) => new BankCallers({ config, port, clock, observer }));
    const banks = new BankClients(callers, clock, tracing, settings.BANK_VALID_FOR_MS);
    await banks.start();
    return banks;
  }
}

/** A sandbox: every key opens the account that it names, and nothing is looked up. */
const namedByTheirKeys: Accounts = { keys: 'sandbox', accountOf: (apiKey) => apiKey.slice('sk_test_'.length) };

const span = (traceparent: string) => ({
  traceparent,
  set: () => undefined,
  fail: () => undefined,
  end: () => undefined,
});
