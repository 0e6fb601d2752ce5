import { SystemClock } from '#clock';
import { bank, type bank as bankEvents, type ledger } from '#contracts';
import { PostgresOutbox } from '#messaging';
import { statement } from '#postgres';
import { BatchRunner, PostgresInbox, type WorkOutcome } from '#saga';
import { olderTransactionsEnded } from '#testing';
import { ComparisonRepository } from '../src/reconciliation/comparison.repository.js';
import { StatementEventsController } from '../src/reconciliation/statement-events.controller.js';
import { Reconciliation } from '../src/reconciliation/reconciliation.js';
import { statements, type BankStatement } from '../src/reconciliation/statement.js';
import { StatementRepository } from '../src/reconciliation/statement.repository.js';
import { TestBooks } from './books.js';

const clock = new SystemClock();
const controller = new StatementEventsController();
const toldStatement = statement(
  'test.told',
  `SELECT value FROM outbox WHERE headers ->> 'ce_type' = 'ledger.difference_found.v1' ORDER BY id`,
);

/** Books with reconciliation, by default without a grace period. */
export class ReconciledBooks {
  readonly repository: ComparisonRepository;
  readonly compared = { entries: 0, transfers: 0 };
  private readonly outbox = new PostgresOutbox({ offer: () => undefined, sweepSoon: () => undefined }, clock);
  private readonly runner;
  private offset = 0;

  private constructor(readonly books: TestBooks) {
    this.repository = new ComparisonRepository(books.test.database);
    this.runner = new BatchRunner({
      service: 'ledger',
      store: books.test.database,
      inbox: new PostgresInbox(),
      outbox: this.outbox,
      aggregates: new Map([['statement', new StatementRepository()]]),
      effects: new Map(),
      clock,
    });
  }

  static async open(): Promise<ReconciledBooks> {
    return new ReconciledBooks(await TestBooks.open());
  }

  /** Runs one batch of pages, as the consumer does. */
  publish(...pages: readonly bankEvents.StatementPublished[]): Promise<WorkOutcome[]> {
    return this.runner.run(
      pages.map((page) => ({
        aggregate: statements,
        key: page,
        delivery: {
          event: { ...bank.statementPublished(page), source: 'bank-gateway', time: 0 },
          origin: { topic: bank.statementPublished.topic, partition: 0, offset: String(this.offset++) },
        },
        decide: (statement: BankStatement, now: number) => controller.statementPublished(statement, page, now),
      })),
    );
  }

  /** One run of the job, once other tests' transactions cannot make it stop early. */
  async reconcile(graceMs = 0): Promise<void> {
    await olderTransactionsEnded(this.books.test.database);
    await this.reconcileBesideOthers(graceMs);
  }

  /** One run of the job, which compares what is older than every transaction of the server. */
  async reconcileBesideOthers(graceMs = 0): Promise<void> {
    await new Reconciliation({
      repository: this.repository,
      store: this.books.test.database,
      outbox: this.outbox,
      clock,
      graceMs,
      observer: {
        entriesCompared: (_bank, count) => (this.compared.entries += count),
        transfersCompared: (count) => (this.compared.transfers += count),
        found: () => undefined,
        resolved: () => undefined,
      },
    }).run();
  }

  /** Makes all suspects and all repetitions due now. */
  async hurry(): Promise<void> {
    await this.sql('hurry', `UPDATE difference SET say_at = now() WHERE resolved_at IS NULL`);
    await this.sql('look', `UPDATE suspect SET look_at = now()`);
  }

  /** The ids of open differences. */
  async open(): Promise<string[]> {
    return (await this.repository.differences()).map(({ id }) => id).sort();
  }

  /** The emitted `difference_found` events, in order. */
  async told(): Promise<ledger.DifferenceFound[]> {
    const rows = await this.books.test.database.query<{ value: string }>(toldStatement);
    return rows.map(({ value }) => JSON.parse(value) as ledger.DifferenceFound);
  }

  sql(name: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    return this.books.test.administrator.query(statement(`test.reconciled.${name}`, text), values);
  }

  now(): number {
    return clock.now();
  }

  drop(): Promise<void> {
    return this.books.test.drop();
  }
}
