import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import type { Clock } from '#clock';
import { AdminServer, CLOCK, Jobs } from '#service';
import { Metrics } from '#telemetry';
import { balanceMinor, summary, type AccountBalance } from './balance.js';
import { BalanceRepository } from './balance.repository.js';
import { measureBooks } from './measure-books.js';

/**
 * A refund scans all transfers since the last roll-up: at 1,000 charges per second 1 ms after one second, 5 ms after
 * five. Each transfer is rolled up once, so a short interval costs no more in sum.
 */
const ROLL_UP_EVERY_MS = 1_000;

/** Balances, the trial balance, and the roll-up job. */
@Module({ providers: [BalanceRepository], exports: [BalanceRepository] })
export class BooksModule implements OnApplicationBootstrap {
  constructor(
    @Inject(BalanceRepository) private readonly repository: BalanceRepository,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(AdminServer) admin: AdminServer,
    @Inject(Metrics) metrics: Metrics,
    @Inject(CLOCK) clock: Clock,
  ) {
    measureBooks(metrics, clock, () => repository.balances());
    admin.get('/balances', async () => summary(await repository.balances()));
    admin.get('/trial-balance', async () => {
      const balances = await repository.balances();
      const miscounted = await repository.miscounted();
      const { currencies } = summary(balances);
      const balanced = miscounted.length === 0 && currencies.every(({ sumMinor }) => sumMinor === 0);
      return { balanced, currencies, miscounted, accounts: balances.map(withBalance) };
    });
  }

  onApplicationBootstrap(): void {
    this.jobs.onOneInstance({ name: 'roll-up', everyMs: ROLL_UP_EVERY_MS, run: () => this.repository.rollUp() });
  }
}

const withBalance = (account: AccountBalance) => ({ ...account, balanceMinor: balanceMinor(account) });
