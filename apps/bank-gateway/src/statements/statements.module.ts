import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { AdminServer, assemble, CLOCK, Jobs, LOG, provide, Shutdown, token } from '#service';
import { Metrics } from '#telemetry';
import { BankClients } from '../banks/banks.js';
import { BanksModule } from '../banks/banks.module.js';
import { gatewayConfig, type GatewaySettings } from '../settings.js';
import { observeStatements } from './observe-statements.js';
import { StatementCursorRepository } from './statement-cursor.repository.js';
import type { StatementObserver } from './statement-observer.js';
import { StatementReader } from './statement-reader.js';

const STATEMENT_OBSERVER = token<StatementObserver>('statement observer');

/** Publishes banks' statements for reconciliation. One job per bank, so that none waits for another. */
@Module({
  imports: [BanksModule],
  providers: [
    StatementCursorRepository,
    provide(STATEMENT_OBSERVER, [LOG, Metrics], observeStatements),
    assemble(StatementReader, {
      banks: BankClients,
      cursors: StatementCursorRepository,
      clock: CLOCK,
      observer: STATEMENT_OBSERVER,
    }),
  ],
})
export class StatementsModule implements OnApplicationBootstrap {
  constructor(
    private readonly banks: BankClients,
    private readonly reader: StatementReader,
    private readonly cursors: StatementCursorRepository,
    private readonly jobs: Jobs,
    private readonly admin: AdminServer,
    private readonly metrics: Metrics,
    @Inject(gatewayConfig.KEY) private readonly settings: GatewaySettings,
    private readonly shutdown: Shutdown,
  ) {}

  onApplicationBootstrap(): void {
    const { reader, cursors, settings } = this;
    this.admin.get('/statements', () => cursors.views());
    this.metrics.gauge(
      {
        name: 'bank_statement_age_seconds',
        help: 'Age of the last published page of a bank’s statement, over all instances.',
        labels: ['bank'],
      },
      async (gauge) => {
        const views = await cursors.views();
        gauge.reset();
        for (const { bank, ageSeconds } of views) gauge.set({ bank }, ageSeconds);
      },
    );
    for (const { config } of this.banks.all) {
      const run = (): Promise<void> => reader.run(config.name);
      this.jobs.onOneInstance({ name: `statement-${config.name}`, everyMs: settings.STATEMENT_EVERY_MS, run });
    }
    this.shutdown.during('workers', 'the reader of statements', () => Promise.resolve(reader.close()));
  }
}
