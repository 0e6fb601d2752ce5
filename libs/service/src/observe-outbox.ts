import type { OutboxRelay, OutboxRelayObserver } from '#messaging';
import { sizeBuckets, type Log, type Metrics } from '#telemetry';
import type { Readiness } from './readiness.js';

/** From this attempt on a failure is no hiccup any more. */
const WORTH_A_WARNING = 3;

/** What the relay does, as metrics and log lines; and not ready for as long as Kafka takes nothing of it. */
export function observeOutbox(
  log: Log,
  metrics: Metrics,
  readiness: Readiness,
  isTransient: (error: unknown) => boolean,
): OutboxRelayObserver {
  const published = metrics.counter({ name: 'outbox_published_total', help: 'Events that Kafka acknowledged.' });
  const sizes = metrics.histogram({ name: 'outbox_batch_size', help: 'Events per send.', buckets: sizeBuckets });
  const durations = metrics.histogram({ name: 'outbox_publish_duration_seconds', help: 'Time per send.' });
  const failures = metrics.counter({ name: 'outbox_publish_failures_total', help: 'Sends that Kafka did not take.' });
  const swept = metrics.counter({
    name: 'outbox_swept_total',
    help: 'Rows found in the table that nobody handed over.',
  });

  const storeFailures = metrics.counter({
    name: 'outbox_store_failures_total',
    help: 'Times that the table could not be read, or published rows not deleted: unavailable (the database was away), failed (a bug, or a broken row).',
    labels: ['outcome'],
  });
  storeFailures.inc({ outcome: 'failed' }, 0);

  let failure: Error | undefined;
  readiness.add('relay', () => (failure ? Promise.reject(failure) : true));

  return {
    onPublished({ count, durationMs }) {
      failure = undefined;
      published.inc(count);
      sizes.observe(count);
      durations.observe(durationMs / 1_000);
    },
    onPublishFailed({ error, count, attempt, delayMs }) {
      failures.inc();
      const cause = error instanceof Error ? error.message : String(error);
      failure = new Error(`Kafka does not take events: ${cause}`, { cause: error });
      const level = attempt === WORTH_A_WARNING ? 'warn' : 'debug';
      log[level]({ err: error, count, attempt, delayMs }, 'Kafka does not take events: they wait in the outbox');
    },
    onSwept({ count }) {
      swept.inc(count);
    },
    onStoreFailed({ error, attempt, delayMs }) {
      const passes = isTransient(error);
      storeFailures.inc({ outcome: passes ? 'unavailable' : 'failed' });
      if (!passes) return log.error({ err: error, attempt, delayMs }, 'the relay cannot read its table: trying again');
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
