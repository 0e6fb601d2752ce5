import { Module } from '@nestjs/common';
import { BankCallers, HttpBankClient, lanes } from '#bank-call';
import type { views } from '#contracts';
import { AdminServer, CLOCK, LOG, provide, Shutdown } from '#service';
import { Metrics, Tracing } from '#telemetry';
import { bankConfigs, gatewayConfig } from '../settings.js';
import { BankClients } from './banks.js';
import { observeBanks } from './observe-banks.js';

/** Extra connections: an abandoned one is replaced before it is closed. */
const SPARE_CONNECTIONS = 32;

/** One set of callers per configured bank. */
@Module({
  providers: [
    provide(
      BankClients,
      [gatewayConfig.KEY, CLOCK, LOG, Metrics, Tracing, AdminServer, Shutdown],
      async (settings, clock, log, metrics, tracing, admin, shutdown) => {
        const configs = bankConfigs(settings);
        const port = new HttpBankClient({
          banks: configs,
          instanceId: settings.INSTANCE_ID,
          clock,
          connections: settings.BANK_IN_FLIGHT + settings.BANK_ISOLATED_IN_FLIGHT + SPARE_CONNECTIONS,
        });
        const observer = observeBanks(log, metrics);
        const banks = new BankClients(
          configs.map((config) => new BankCallers({ config, port, clock, observer })),
          clock,
          tracing,
          settings.BANK_VALID_FOR_MS,
        );

        metrics.gauge(
          {
            name: 'bank_breaker_state',
            help: 'State of a breaker: 0 closed, 1 half-open, 2 open.',
            labels: ['bank', 'lane'],
          },
          (gauge) => {
            for (const { config, shared } of banks.all) {
              for (const lane of lanes)
                gauge.set({ bank: config.name, lane }, { closed: 0, half_open: 1, open: 2 }[shared.state(lane)]);
            }
          },
        );
        metrics.gauge(
          {
            name: 'bank_isolated_callers',
            help: 'Isolated callers, one per account with fault tokens.',
            labels: ['bank'],
          },
          (gauge) => {
            for (const { config, isolatedCount } of banks.all) gauge.set({ bank: config.name }, isolatedCount);
          },
        );
        admin.get('/banks', () =>
          banks.all.map(({ config, shared, isolatedCount, isolatedFree }): views.BankStateView => ({
            ...config,
            breakers: Object.fromEntries(lanes.map((lane) => [lane, shared.state(lane)])),
            untilProbeMs: Object.fromEntries(lanes.map((lane) => [lane, shared.untilProbeMs(lane)])),
            freeSlots: shared.freeSlots,
            inFlight: shared.inFlight,
            retryBudget: shared.retryBudget,
            isolated: { callers: isolatedCount, freeSlots: isolatedFree },
            timeKnown: banks.knowsTimeOf(config.name),
          })),
        );
        banks.closeDuring(shutdown);
        shutdown.during('pools', 'connections to banks', () => port.close());
        await banks.start();
        return banks;
      },
    ),
  ],
  exports: [BankClients],
})
export class BanksModule {}
