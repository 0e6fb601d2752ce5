import type { ReplayObserver } from '#saga';
import { about, type Log, type Metrics } from '#telemetry';

/** The results of replays, as metrics and log lines. */
export function observeReplay(log: Log, metrics: Metrics): ReplayObserver {
  const replayed = metrics.counter({
    name: 'step_replayed_total',
    help: 'Replayed events: decided, or failed again.',
    labels: ['outcome'],
  });
  return {
    onReplayed({ key, events }) {
      replayed.inc({ outcome: 'decided' }, events.length);
      const ids = events.map(({ event }) => event.id);
      log.info({ ...about({ charge: key }), events: ids }, 'replayed what was parked');
    },
    onFailedAgain({ event: { event, attempts }, error }) {
      replayed.inc({ outcome: 'failed' });
      log.error(
        { ...about({ traceparent: event.traceparent, charge: event.key }), event: event.id, attempts, err: error },
        'a parked event failed again: its key stays parked',
      );
    },
  };
}
