import { Module } from '@nestjs/common';
import type { Clock } from '#clock';
import { Database } from '#postgres';
import { CLOCK, Jobs, SETTINGS, Shutdown } from '#service';
import { Metrics } from '#telemetry';
import type { PaymentsSettings } from '../settings.js';
import { AdmissionControl, tooManyRequests, type ShedReason } from './admission-control.js';
import { Turns } from './turns.js';
import { UnsettledCharges } from './unsettled-charges.js';
import { UnsettledWatch } from '../charges/jobs/unsettled-watch.js';

const OBSERVE_SHED = Symbol('observe shed');

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
        const watch = new UnsettledWatch(
          database,
          unsettled,
          clock,
          settings.ADMIT_UNSETTLED + settings.ADMIT_UNSETTLED_WITH_FAULT,
        );
        await watch.start();
        jobs.onEveryInstance(watch.check);
        return unsettled;
      },
    },
    {
      provide: OBSERVE_SHED,
      inject: [Metrics],
      useFactory: (metrics: Metrics) => {
        const shed = metrics.counter({
          name: 'charges_shed_total',
          help: 'Creates, captures and refunds refused with 429, by reason.',
          labels: ['reason'],
        });
        return (reason: ShedReason): void => shed.inc({ reason });
      },
    },
    {
      provide: Turns,
      inject: [SETTINGS, CLOCK, Metrics, Shutdown, OBSERVE_SHED],
      useFactory: (
        settings: PaymentsSettings,
        clock: Clock,
        metrics: Metrics,
        shutdown: Shutdown,
        onShed: (reason: ShedReason) => void,
      ) => {
        const turns = new Turns(
          clock,
          {
            inProgressMax: settings.ADMIT_IN_PROGRESS_PER_ACCOUNT,
            waitingMax: settings.ADMIT_WAITING_PER_ACCOUNT,
            waitMs: settings.ANSWER_WITHIN_MS,
          },
          () => {
            onShed('turn');
            return tooManyRequests('turn');
          },
        );
        metrics.gauge(
          { name: 'requests_waiting_for_turn', help: 'Requests that wait for their account’s turn.' },
          (gauge) => gauge.set(turns.waiting),
        );
        shutdown.during('http', 'the requests that wait for their turn', () => turns.stopWaiting());
        return turns;
      },
    },
    {
      provide: AdmissionControl,
      inject: [UnsettledCharges, SETTINGS, CLOCK, Metrics, OBSERVE_SHED],
      useFactory: (
        unsettled: UnsettledCharges,
        settings: PaymentsSettings,
        clock: Clock,
        metrics: Metrics,
        onShed: (reason: ShedReason) => void,
      ) => {
        const admission = new AdmissionControl(
          {
            uncommittedMax: settings.ADMIT_UNCOMMITTED,
            unsettledMax: settings.ADMIT_UNSETTLED,
            unsettledPerNetworkMax: settings.ADMIT_UNSETTLED_PER_NETWORK,
            unsettledPerAccountMax: settings.ADMIT_UNSETTLED_PER_ACCOUNT,
            unsettledWithFaultMax: settings.ADMIT_UNSETTLED_WITH_FAULT,
            unsettledWithFaultPerAccountMax: settings.ADMIT_UNSETTLED_WITH_FAULT_PER_ACCOUNT,
          },
          unsettled,
          () => clock.monotonicMs(),
          onShed,
        );
        metrics.gauge({ name: 'creates_uncommitted', help: 'Creates on their way to their commit.' }, (gauge) =>
          gauge.set(admission.uncommittedCount),
        );
        return admission;
      },
    },
  ],
  exports: [UnsettledCharges, AdmissionControl, Turns],
})
export class AdmissionModule {}
