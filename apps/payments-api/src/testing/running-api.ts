import assert from 'node:assert/strict';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { seededRandom } from '#clock';
import { bank, ledger, payments, topics, type NewEvent, type ReleaseCause } from '#contracts';
import { feeOn, usd } from '#money';
import { Database, type PgTransaction } from '#postgres';
import { BatchRunner, StepTable } from '#saga';
import { createLog } from '#telemetry';
import type { KafkaJsBus } from '#messaging';
import { BUS, createService, ServiceModule, Shutdown, StepRegistry, withFrameTables } from '#service';
import { faultsOfAnswer, openAsAdministrator, provisionForTests } from '#testing';
import { apiModules } from '../api-modules.js';
import type { OpenedCharge } from '../charges/charge/charge.js';
import { findCharges, unsettledCharges, withKnown } from '../charges/store/charge-rows.repository.js';
import { unansweredRequests } from '../charges/charge/unanswered-requests.js';
import { stripeDoor } from '../http/stripe-door.http.js';
import { entities } from '../entities.js';
import { readPendingRefunds } from '../charges/store/refund.repository.js';
import { paymentsDatabase } from '../payments-database.js';
import { paymentsConfig } from '../settings.js';

/** The whole service with its own database and public port. The test plays the other services. */
export class RunningApi {
  private playing = true;
  private played: Promise<void> = Promise.resolve();

  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    /** For what a test does to the tables that the service may not. */
    readonly administrator: Database,
    /** Faults of answers, by the types of the `stripe` package. */
    private readonly faultyAnswers: readonly string[],
  ) {}

  /**
   * @param database its name on the server of TEST_DATABASE_URL; provisioned first
   * @param environment on top of what a test needs anyway
   */
  static async start(database: string, environment: Record<string, string> = {}): Promise<RunningApi> {
    const { TEST_KAFKA_BROKERS } = process.env;
    assert(TEST_KAFKA_BROKERS, 'the jest project "real" starts Postgres and Kafka');
    const named = { ...paymentsDatabase, name: database };
    const { url } = await provisionForTests(withFrameTables(named));
    const settings = {
      DATABASE_URL: url,
      KAFKA_BROKERS: TEST_KAFKA_BROKERS,
      ADMIN_PORT: '0',
      PORT: '0',
      LOG_LEVEL: 'error',
      INSTANCE_ID: `test-${database}`,
      API_SECRET: 'a secret for tests only',
      ...environment,
    };
    const before = { ...process.env };
    Object.assign(process.env, settings);
    const frame = ServiceModule.forRoot({
      name: 'payments-api',
      database: named,
      entities,
      settings: paymentsConfig,
    });
    @Module({ imports: [frame, ...apiModules] })
    class TestedApi {}
    const options = { log: createLog({ service: 'test', instance: database, level: 'error' }), public: stripeDoor };
    const app = (await createService(TestedApi, options)) as NestFastifyApplication;
    for (const name of Object.keys(settings)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
    await app.get<KafkaJsBus>(BUS).ensureTopics(topics, 1);
    const faulty = faultyAnswersOf(app);
    await app.listen(0, '127.0.0.1');
    return new RunningApi(app, await app.getUrl(), await openAsAdministrator(database), faulty);
  }

  get database(): Database {
    return this.app.get(Database);
  }

  /** Delivers events of other services, as the consumer would. */
  async deliver(...events: NewEvent[]): Promise<void> {
    const runner = this.app.get<BatchRunner<PgTransaction>>(BatchRunner);
    const table = new StepTable(this.app.get(StepRegistry).steps());
    await runner.run(
      events.map((event) =>
        table.workOf({
          event: { ...event, source: event.topic, time: 0 },
          origin: { topic: event.topic, partition: 0, offset: '0' },
        }),
      ),
    );
  }

  /**
   * Ends every charge as its test card says, until the API is closed.
   * @param seed of the random choices
   */
  playLaterServices(seed = 1): void {
    this.played = this.play(seededRandom(seed));
  }

  /** Ids of the charges that wait for the later services. */
  async unsettled(): Promise<string[]> {
    return (await unsettledCharges(this.database, 1_000)).map(({ id }) => id);
  }

  async close(): Promise<void> {
    this.playing = false;
    await this.played;
    await this.app.get(Shutdown).run();
    await this.administrator.close();
    assert.deepEqual([...new Set(this.faultyAnswers)], [], "answers must be of the stripe package's types");
  }

  private async play(random: () => number): Promise<void> {
    while (this.playing) {
      const answers = await this.laterServices(random);
      if (answers.length > 0) await this.deliver(...answers);
      else await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private async laterServices(random: () => number): Promise<NewEvent[]> {
    const waiting = await unsettledCharges(this.database, 500);
    const byAccount = Map.groupBy(waiting, ({ account }) => account);
    const found = await Promise.all(
      [...byAccount].map(([account, rows]) =>
        findCharges(
          this.database,
          account,
          rows.map(({ id }) => id),
          [],
        ),
      ),
    );
    const pending = await readPendingRefunds(
      this.database,
      waiting.map(({ id }) => id),
    );
    return found.flatMap((charges) =>
      [...charges].flatMap(([id, charge]) => eventsOn(withKnown(charge, pending.get(id) ?? []), random)),
    );
  }
}

/** Holds every answer of the API to the types of the `stripe` package, from now on. A page for a browser is no answer. */
function faultyAnswersOf(app: NestFastifyApplication): readonly string[] {
  const faulty: string[] = [];
  const door = app.getHttpAdapter().getInstance();
  door.addHook('onSend', (request, reply, body, done) => {
    const text = Buffer.isBuffer(body) ? body.toString() : body;
    const isPage = String(reply.getHeader('content-type')).startsWith('text/html');
    if (typeof text === 'string' && text !== '' && !isPage) {
      const where = `${request.method} ${request.routeOptions.url ?? request.url}, ${reply.statusCode}`;
      // A replay is of the version in which it was stored.
      const version = reply.hasHeader('idempotent-replayed') ? '' : String(reply.getHeader('stripe-version'));
      for (const fault of faultsOfAnswer(reply.statusCode, text, version)) faulty.push(`${where}: ${fault}`);
    }
    done();
  });
  return faulty;
}

/** Events of bank and ledger for everything that a charge waits for. */
export function eventsOn(charge: OpenedCharge, random: () => number): NewEvent[] {
  const { id: chargeId, account } = charge.opening;
  if (charge.state === 'requested') return [outcomeOf(charge)];
  const requests = unansweredRequests(charge);
  const asked = (contract: { readonly type: string }) => requests.some(({ type }) => type === contract.type);
  // The closing slot: of a capture and a cancellation under way, a random one wins.
  const canceled = asked(payments.cancellationRequested) && (!asked(payments.captureRequested) || random() < 0.5);
  return requests.map(({ type, data }): NewEvent => {
    switch (type) {
      case payments.captureRequested.type:
        return canceled
          ? releasing(chargeId, account, charge.hold!.cancellation!.cause)
          : posting(chargeId, account, (data as payments.CaptureRequested).amount.amountMinor);
      case payments.cancellationRequested.type:
        return canceled
          ? releasing(chargeId, account, (data as payments.CancellationRequested).cause)
          : bank.cancellationRefused({ chargeId, account, bank: 'alder' });
      default: {
        const { refundId, amount } = data as payments.RefundRequested;
        return refundPosting(refundId, chargeId, account, amount.amountMinor);
      }
    }
  });
}

export function outcomeOf({ opening }: OpenedCharge): NewEvent {
  const { id: chargeId, account, amount, instrument } = opening;
  const { behavior } = instrument.card;
  if (instrument.fault === 'tok_fault_ledger_refuse') {
    const holdRefusal = 'fault_token' as const;
    return ledger.chargeReleased({ chargeId, account, cause: 'hold_refused', holdRefusal, refusalCode: null });
  }
  if (behavior !== 'approve') {
    return bank.authorizationDeclined({ chargeId, account, bank: 'alder', code: behavior });
  }
  if (opening.capture === 'manual') return authorizing(chargeId, account, amount.amountMinor);
  return posting(chargeId, account, amount.amountMinor);
}

export function authorizing(chargeId: string, account: string, amountMinor: number): NewEvent {
  return ledger.chargeAuthorized({ chargeId, account, amount: usd(amountMinor), heldAt: 1_799_000_000_000 });
}

export function releasing(chargeId: string, account: string, cause: ReleaseCause): NewEvent {
  return ledger.chargeReleased({ chargeId, account, cause, holdRefusal: null, refusalCode: null });
}

/** When the later services that are played here post, in real time. */
export const POSTED_AT_MS = 1_799_000_000_000;

export function posting(chargeId: string, account: string, amountMinor: number): NewEvent {
  const amount = usd(amountMinor);
  return ledger.chargePosted({
    chargeId,
    account,
    amount,
    fee: feeOn(amount),
    availableOn: 1_800_000_000_000,
    postedAt: POSTED_AT_MS,
    balanceTransactionId: `txn_${chargeId.slice(3)}`,
  });
}

export function refundPosting(refundId: string, chargeId: string, account: string, amountMinor: number): NewEvent {
  return ledger.refundPosted({
    refundId,
    chargeId,
    account,
    amount: usd(amountMinor),
    postedAt: POSTED_AT_MS,
    availableOn: POSTED_AT_MS,
    balanceTransactionId: `txn_${refundId.slice(3)}`,
  });
}
