import { Module } from '@nestjs/common';
import { Database } from '#postgres';
import { CLOCK, Jobs, provide, Shutdown, token } from '#service';
import { Metrics } from '#telemetry';
import { paymentsConfig } from '../settings.js';
import { AdmissionControl, tooManyRequests, type ShedReason } from './admission-control.js';
import { RequestsInProgress } from './requests-in-progress.js';
import { Turns } from './turns.js';
import { UnsettledCharges } from './unsettled-charges.js';
import { UnsettledWatch } from '../charges/jobs/unsettled-watch.js';

const OBSERVE_SHED = token<(reason: ShedReason) => void>('observe shed');

/** Enough for the services to share commits and batches, and few enough that half a second ends the queue. */
const IN_PROGRESS = { min: 16, initial: 64, burst: 512 } as const;

@Module({
  providers: [
    provide(RequestsInProgress, [paymentsConfig.KEY, CLOCK, Metrics], (settings, clock, metrics) => {
      const limits = { ...IN_PROGRESS, max: settings.ADMIT_UNSETTLED_PER_NETWORK, queueMs: settings.ADMIT_QUEUE_MS };
      const requests = new RequestsInProgress(limits, () => clock.monotonicMs());
      metrics.gauge(
        { name: 'charges_in_progress_limit', help: 'Limit of creates in progress, by network.', labels: ['network'] },
        (gauge) => {
          for (const { network, limit } of requests.networks()) gauge.set({ network }, limit);
        },
      );
      metrics.gauge(
        { name: 'charges_in_progress', help: 'Creates in progress, by network.', labels: ['network'] },
        (gauge) => {
          for (const { network, inProgress } of requests.networks()) gauge.set({ network }, inProgress);
        },
      );
      return requests;
    }),
    provide(
      UnsettledCharges,
      [Database, paymentsConfig.KEY, CLOCK, Metrics, Jobs],
      async (database, settings, clock, metrics, jobs) => {
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
    ),
    provide(OBSERVE_SHED, [Metrics], (metrics) => {
      const shed = metrics.counter({
        name: 'charges_shed_total',
        help: 'Creates, captures and refunds refused with 429, by reason.',
        labels: ['reason'],
      });
      return (reason) => shed.inc({ reason });
    }),
    provide(
      Turns,
      [paymentsConfig.KEY, CLOCK, Metrics, Shutdown, OBSERVE_SHED],
      (settings, clock, metrics, shutdown, onShed) => {
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
    ),
    provide(
      AdmissionControl,
      [UnsettledCharges, RequestsInProgress, paymentsConfig.KEY, CLOCK, Metrics, OBSERVE_SHED],
      (unsettled, inProgress, settings, clock, metrics, onShed) => {
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
          inProgress,
          () => clock.monotonicMs(),
          onShed,
        );
        metrics.gauge({ name: 'creates_uncommitted', help: 'Creates on their way to their commit.' }, (gauge) =>
          gauge.set(admission.uncommittedCount),
        );
        return admission;
      },
    ),
  ],
  exports: [UnsettledCharges, AdmissionControl, Turns],
})
export class AdmissionModule {}
