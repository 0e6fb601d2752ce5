import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import type { Clock } from '#clock';
import { Leases } from '#leases';
import { AdminServer, CLOCK, LOG, Shutdown } from '#service';
import type { Log } from '#telemetry';
import { balanceMinor, summary, type AccountBalance } from './balance.js';
import { BalanceRepository } from './balance.repository.js';
import { RollUp } from './roll-up.js';

/** Balances, and the sums that prove the books. */
@Module({ providers: [BalanceRepository], exports: [BalanceRepository] })
export class BooksModule implements OnApplicationBootstrap {
  constructor(
    @Inject(BalanceRepository) private readonly repository: BalanceRepository,
    @Inject(Leases) private readonly leases: Leases,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
    @Inject(AdminServer) admin: AdminServer,
  ) {
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
    const rollUp = new RollUp(
      () => this.repository.rollUp(),
      this.clock,
      (error, failures) => {
        if (failures === 3) this.log.warn({ err: error }, 'balances are not being rolled up');
      },
    );
    const contender = this.leases.contend('roll-up', {
      onAcquired: () => rollUp.start(),
      onLost: () => rollUp.stop(),
    });
    this.shutdown.during('workers', 'the roll-up of balances', () => contender.close());
  }
}

const withBalance = (account: AccountBalance) => ({ ...account, balanceMinor: balanceMinor(account) });
