import type { Clock } from '#clock';
import type { Metrics } from '#telemetry';
import { balanceMinor, summary, type AccountBalance } from './balance.js';

/** All balances are read for these gauges, so a scrape in between shows the last ones. */
const READ_EVERY_MS = 15_000;

/** The sums of the books, from one snapshot of all balances. */
export function measureBooks(
  metrics: Metrics,
  clock: Pick<Clock, 'monotonicMs'>,
  balances: () => Promise<readonly AccountBalance[]>,
): void {
  let readAtMs = -Infinity;
  const suspense = metrics.gauge({
    name: 'ledger_suspense_minor_units',
    help: 'The balance of suspense, read every 15 s. Zero once every charge has ended.',
    labels: ['bank', 'currency'],
  });
  metrics.gauge(
    {
      name: 'ledger_unbalanced_minor_units',
      help: 'Debits less credits over all accounts, read every 15 s. Always zero.',
      labels: ['currency'],
    },
    async (gauge) => {
      if (clock.monotonicMs() - readAtMs < READ_EVERY_MS) return;
      const accounts = await balances();
      readAtMs = clock.monotonicMs();
      for (const { currency, sumMinor } of summary(accounts).currencies) gauge.set({ currency }, sumMinor);
      for (const account of accounts) {
        const { kind, owner: bank, currency } = account;
        if (kind === 'suspense' && bank !== null) suspense.set({ bank, currency }, balanceMinor(account));
      }
    },
  );
}
