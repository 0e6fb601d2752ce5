import { Module } from '@nestjs/common';
import { BankCaller, HttpBankClient } from '#bank-call';
import type { Clock } from '#clock';
import { AdminServer, CLOCK, LOG, SETTINGS, Shutdown } from '#service';
import { Metrics, Tracing, type Log } from '#telemetry';
import { bankConfigs, type GatewaySettings } from '../settings.js';
import { Banks } from './banks.js';
import { observeBanks } from './observe-banks.js';

const lanes = ['movements', 'inquiries'] as const;

/** Which banks there are is configuration: each gets its caller, with a breaker and a bulkhead of its own. */
@Module({
  providers: [
    {
      provide: Banks,
      inject: [SETTINGS, CLOCK, LOG, Metrics, Tracing, AdminServer, Shutdown],
      useFactory: (
        settings: GatewaySettings,
        clock: Clock,
        log: Log,
        metrics: Metrics,
        tracing: Tracing,
        admin: AdminServer,
        shutdown: Shutdown,
      ) => {
        const configs = bankConfigs(settings);
        const port = new HttpBankClient({ banks: configs, instanceId: settings.INSTANCE_ID, clock });
        const observer = observeBanks(log, metrics);
        const banks = new Banks(
          configs.map((config) => new BankCaller({ config, port, clock, observer })),
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
            for (const caller of banks.all) {
              for (const lane of lanes)
                gauge.set({ bank: caller.config.name, lane }, { closed: 0, half_open: 1, open: 2 }[caller.state(lane)]);
            }
          },
        );
        admin.get('/banks', () =>
          banks.all.map((caller) => ({
            ...caller.config,
            breakers: Object.fromEntries(lanes.map((lane) => [lane, caller.state(lane)])),
            freeSlots: caller.freeSlots,
            timeKnown: banks.knowsTimeOf(caller.config.name),
          })),
        );
        banks.start();
        shutdown.during('workers', 'the banks', () => banks.close());
        shutdown.during('pools', 'connections to banks', () => port.close());
        return banks;
      },
    },
  ],
  exports: [Banks],
})
export class BanksModule {}
