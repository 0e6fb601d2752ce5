import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PostgresOutbox } from '#messaging';
import { Database } from '#postgres';
import { AdminServer, AggregatesModule, CLOCK, Jobs, keep, LOG, provide } from '#service';
import { Metrics } from '#telemetry';
import { ledgerConfig, type LedgerSettings } from '../settings.js';
import { ComparisonRepository } from './comparison.repository.js';
import { DifferenceViewRepository, differenceView } from './difference-view.repository.js';
import { observeReconciliation } from './observe-reconciliation.js';
import { Reconciliation } from './reconciliation.js';
import { disagreements } from './state-of-the-books.js';
import { StateOfTheBooksRepository } from './state-of-the-books.repository.js';
import { StatementEventsController } from './statement-events.controller.js';
import { StatementRepository } from './statement.repository.js';
import { statements } from './statement.js';
import { DifferenceEntity } from './tables/difference.entity.js';

const RECENTLY_MS = 24 * 60 * 60 * 1_000;

/** Banks' statements, and their reconciliation with the ledger. */
@Module({
  imports: [
    TypeOrmModule.forFeature([DifferenceEntity]),
    AggregatesModule.forFeature({ aggregates: [keep(statements, StatementRepository)] }),
  ],
  controllers: [StatementEventsController],
  providers: [
    ComparisonRepository,
    DifferenceViewRepository,
    StateOfTheBooksRepository,
    provide(
      Reconciliation,
      [ComparisonRepository, Database, PostgresOutbox, ledgerConfig.KEY, CLOCK, LOG, Metrics],
      (repository, store, outbox, { RECONCILE_GRACE_MS: graceMs }, clock, log, metrics) =>
        new Reconciliation({
          repository,
          store,
          outbox,
          clock,
          observer: observeReconciliation(log, metrics),
          graceMs,
        }),
    ),
  ],
  exports: [ComparisonRepository],
})
export class ReconciliationModule implements OnApplicationBootstrap {
  constructor(
    private readonly reconciliation: Reconciliation,
    private readonly repository: ComparisonRepository,
    private readonly differences: DifferenceViewRepository,
    private readonly books: StateOfTheBooksRepository,
    private readonly jobs: Jobs,
    private readonly admin: AdminServer,
    private readonly metrics: Metrics,
    @Inject(ledgerConfig.KEY) private readonly settings: LedgerSettings,
  ) {}

  onApplicationBootstrap(): void {
    const { repository, reconciliation, settings } = this;
    /** Open differences, and those resolved within a day. */
    this.admin.get('/differences', async () => (await repository.differences(RECENTLY_MS)).map(differenceView));
    this.admin.get('/charges/:id/differences', ({ params: { id = '' } }) => this.differences.ofCharge(id));
    this.admin.get('/statements', () => repository.positions());
    /** The data of `holdfast books`. Reads all statements. */
    this.admin.get('/books', async () => {
      const state = await this.books.read();
      return { agree: disagreements(state).length === 0, disagreements: disagreements(state), ...state };
    });
    this.measure();
    const everyMs = settings.RECONCILE_EVERY_MS;
    this.jobs.onOneInstance({ name: 'reconciliation', everyMs, run: (stopped) => reconciliation.run(stopped) });
  }

  private measure(): void {
    const { repository, metrics } = this;
    metrics.gauge(
      {
        name: 'reconciliation_differences_open',
        help: 'Open differences: movements on which a bank and the ledger disagree.',
        labels: ['bank', 'kind'],
      },
      async (gauge) => {
        const open = await repository.countOpen();
        gauge.reset();
        for (const { bank, kind, count } of open) gauge.set({ bank, kind }, count);
      },
    );
    metrics.gauge(
      {
        name: 'reconciliation_suspects',
        help: 'Charges that are compared in detail until bank and ledger agree.',
      },
      async (gauge) => gauge.set(await repository.countSuspects()),
    );
    metrics.gauge(
      {
        name: 'reconciliation_statement_age_seconds',
        help: 'Age of a bank’s statement: seconds since it was last read to the end.',
        labels: ['bank'],
      },
      async (gauge) => {
        const positions = await repository.positions();
        gauge.reset();
        for (const { bank, ageSeconds } of positions) if (ageSeconds !== null) gauge.set({ bank }, ageSeconds);
      },
    );
    metrics.gauge(
      {
        name: 'reconciliation_statement_missing',
        help: '1 while pages of a bank’s statement are missing and must be published again.',
        labels: ['bank'],
      },
      async (gauge) => {
        for (const { bank, missingUntil } of await repository.positions())
          gauge.set({ bank }, missingUntil === null ? 0 : 1);
      },
    );
  }
}
