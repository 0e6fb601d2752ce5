import { Module } from '@nestjs/common';
import type { Clock } from '#clock';
import { Database } from '#postgres';
import { CLOCK, Jobs, SETTINGS } from '#service';
import { Metrics } from '#telemetry';
import type { PaymentsSettings } from '../settings.js';
import { Admission } from './admission.js';
import { UnsettledCharges } from './unsettled-charges.js';
import { UnsettledWatch } from './unsettled-watch.js';

@Module({
  providers: [
    {
      provide: UnsettledCharges,
      inject: [Database, SETTINGS, CLOCK, Metrics, Jobs],
      useFactory: async (
        database: Database,
        settings: PaymentsSettings,
        clock: Clock,
        metrics: Metrics,
        jobs: Jobs,
      ) => {
        const unsettled = new UnsettledCharges();
        metrics.gauge({ name: 'charges_unsettled', help: 'Unsettled charges, as admission counts them.' }, (gauge) =>
          gauge.set(unsettled.size),
        );
        const watch = new UnsettledWatch(database, unsettled, clock, settings.ADMIT_UNSETTLED);
        await watch.start();
        jobs.onEveryInstance(watch.check);
        return unsettled;
      },
    },
    {
      provide: Admission,
      inject: [UnsettledCharges, SETTINGS, CLOCK, Metrics],
      useFactory: (unsettled: UnsettledCharges, settings: PaymentsSettings, clock: Clock, metrics: Metrics) => {
        const shed = metrics.counter({
          name: 'charges_shed_total',
          help: 'Creates refused with 429, by reason.',
          labels: ['reason'],
        });
        const admission = new Admission(
          {
            uncommittedMax: settings.ADMIT_UNCOMMITTED,
            unsettledMax: settings.ADMIT_UNSETTLED,
            unsettledPerNetworkMax: settings.ADMIT_UNSETTLED_PER_NETWORK,
            unsettledPerAccountMax: settings.ADMIT_UNSETTLED_PER_ACCOUNT,
          },
          unsettled,
          () => clock.monotonicMs(),
          (reason) => shed.inc({ reason }),
        );
        metrics.gauge({ name: 'creates_uncommitted', help: 'Creates on their way to their commit.' }, (gauge) =>
          gauge.set(admission.uncommittedCount),
        );
        return admission;
      },
    },
  ],
  exports: [UnsettledCharges, Admission],
})
export class AdmissionModule {}
