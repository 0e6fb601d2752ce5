import { SystemClock } from '#clock';
import type { NewEvent } from '#contracts';
import { PostgresOutbox } from '#messaging';
import { entitiesOver, statement, type PgTransaction } from '#postgres';
import { BatchRunner, PostgresInbox, type Aggregates, type AnyWork, type WorkOutcome } from '#saga';
import { withFrameTables } from '#service';
import { provisionedDatabase, type ProvisionedDatabase, type TestDatabase } from '#testing';
import { AccountLimitEntity } from '../src/accounts/account-limit.entity.js';
import { AccountLimitsRepository } from '../src/accounts/account-limits.repository.js';
import { LimitSettingsRepository } from '../src/accounts/limit-settings.repository.js';
import { BalanceRepository } from '../src/books/balance.repository.js';
import { ledgerDatabase } from '../src/ledger-database.js';
import { RefundRepository } from '../src/refunds/refund.repository.js';
import { StrayRepository } from '../src/strays/stray.repository.js';
import { HoldRepository } from '../src/holds/hold.repository.js';
import { stepOn } from './given.js';

const emittedStatement = statement('test.emitted', `SELECT headers ->> 'ce_type' AS type, key FROM outbox ORDER BY id`);

const defaults = { REFUND_OVERDRAFT_MINOR: 1_000_000 };

/** The ledger with its own database, without a bus. */
export class TestBooks {
  readonly balances: BalanceRepository;
  private readonly runner: BatchRunner<PgTransaction>;
  private offset = 0;

  private constructor(
    readonly test: TestDatabase & Pick<ProvisionedDatabase, 'administrator' | 'administratorUrl'>,
    /** Set by the administrator. */
    readonly limits: LimitSettingsRepository,
    settings: typeof defaults,
  ) {
    const clock = new SystemClock();
    this.balances = new BalanceRepository(test.database);
    this.runner = new BatchRunner({
      service: 'ledger',
      store: test.database,
      inbox: new PostgresInbox(),
      outbox: new PostgresOutbox({ offer: () => undefined, sweepSoon: () => undefined }, clock),
      // oxlint-disable-next-line typescript/no-explicit-any -- a map over different aggregates
      aggregates: new Map<string, Aggregates<PgTransaction, any, any, any>>([
        ['hold', new HoldRepository(new AccountLimitsRepository())],
        ['refund', new RefundRepository(settings)],
        ['stray', new StrayRepository()],
      ]),
      effects: new Map(),
      clock,
    });
  }

  static async open(settings = defaults): Promise<TestBooks> {
    return TestBooks.over(await provisionedDatabase(withFrameTables(ledgerDatabase)), settings);
  }

  static async over(test: TestBooks['test'], settings = defaults): Promise<TestBooks> {
    const tables = await entitiesOver(test.administrator, [AccountLimitEntity]);
    return new TestBooks(test, new LimitSettingsRepository(tables.getRepository(AccountLimitEntity)), settings);
  }

  /** Runs one batch, as the consumer does. */
  run(...events: readonly NewEvent[]): Promise<WorkOutcome[]> {
    return this.runner.run(events.map((event) => this.workOf(event)));
  }

  /** Runs a batch of resent events, as from a sweeper. */
  runResent(...events: readonly NewEvent[]): Promise<WorkOutcome[]> {
    return this.runner.run(events.map((event) => this.workOf(event, { resent: true })));
  }

  /** The outbox in order, as `ledger.hold_placed.v1 ch_1`. */
  async emitted(): Promise<string[]> {
    const rows = await this.test.database.query<{ type: string; key: string }>(emittedStatement);
    return rows.map(({ type, key }) => `${type} ${key}`);
  }

  private workOf(event: NewEvent, extra: { resent?: boolean } = {}): AnyWork {
    const step = stepOn(event);
    const data: unknown = step.on.schema.parse(event.data);
    return {
      aggregate: step.aggregate,
      key: step.keyOf(data) as unknown,
      delivery: {
        event: { ...event, source: 'bank-gateway', time: 0, ...extra },
        origin: { topic: event.topic, partition: 0, offset: String(this.offset++) },
      },
      decide: (state, now, context) => step.decide(state, data, now, context),
    };
  }
}
