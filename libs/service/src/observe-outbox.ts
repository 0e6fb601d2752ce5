import type { OutboxRelay, OutboxRelayObserver } from '#messaging';
import type { Log, Metrics } from '#telemetry';
import { sizeBuckets } from '#telemetry';

/** From this attempt on a failure is no hiccup any more. */
const WORTH_A_WARNING = 3;

export function observeOutbox(log: Log, metrics: Metrics): OutboxRelayObserver {
  const published = metrics.counter({ name: 'outbox_published_total', help: 'Events that Kafka acknowledged.' });
  const sizes = metrics.histogram({ name: 'outbox_batch_size', help: 'Events per send.', buckets: sizeBuckets });
  const durations = metrics.histogram({ name: 'outbox_publish_duration_seconds', help: 'Time per send.' });
  const failures = metrics.counter({ name: 'outbox_publish_failures_total', help: 'Sends that Kafka did not take.' });
  const swept = metrics.counter({
    name: 'outbox_swept_total',
    help: 'Rows found in the table that nobody handed over.',
  });

  return {
    onPublished({ count, durationMs }) {
      published.inc(count);
      sizes.observe(count);
      durations.observe(durationMs / 1_000);
    },
    onPublishFailed({ error, count, attempt, delayMs }) {
      failures.inc();
      const level = attempt === WORTH_A_WARNING ? 'warn' : 'debug';
      log[level]({ err: error, count, attempt, delayMs }, 'Kafka does not take events: they wait in the outbox');
    },
    onSwept({ count }) {
      swept.inc(count);
    },
    onStoreFailed({ error, attempt, delayMs }) {
      const level = attempt === WORTH_A_WARNING ? 'warn' : 'debug';
      log[level]({ err: error, attempt, delayMs }, 'the database is not available to the relay: trying again');
    },
  };
}

/** What waits right now, asked for at every scrape. */
export function measureBacklog(relay: OutboxRelay, metrics: Metrics): void {
  metrics.gauge({ name: 'outbox_pending', help: 'Events in hand that are not published yet.' }, (gauge) =>
    gauge.set(relay.pending),
  );
  metrics.gauge({ name: 'outbox_oldest_pending_seconds', help: 'Age of the oldest of them.' }, (gauge) =>
    gauge.set(relay.oldestPendingMs() / 1_000),
  );
}
