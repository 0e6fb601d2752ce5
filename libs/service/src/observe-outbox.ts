import type { Clock } from '#clock';
import type { OutboxRelay, OutboxRelayObserver, OutboxRow } from '#messaging';
import { sizeBuckets, SpanKind, type Log, type Metrics, type Tracing } from '#telemetry';
import { eventAttributes } from './event-spans.js';
import type { Readiness } from './readiness.js';

/** The attempt from which a failure is logged as a warning. */
const WORTH_A_WARNING = 3;

/** The relay's metrics, log lines and spans, and a readiness check that fails while Kafka accepts nothing. */
export function observeOutbox(
  log: Log,
  metrics: Metrics,
  readiness: Readiness,
  { clock, tracing }: { clock: Clock; tracing: Tracing },
  isTransient: (error: unknown) => boolean,
): OutboxRelayObserver {
  const published = metrics.counter({ name: 'outbox_published_total', help: 'Events that Kafka acknowledged.' });
  const sizes = metrics.histogram({ name: 'outbox_batch_size', help: 'Events per send.', buckets: sizeBuckets });
  const durations = metrics.histogram({ name: 'outbox_publish_duration_seconds', help: 'Time per send.' });
  const failures = metrics.counter({ name: 'outbox_publish_failures_total', help: 'Sends that failed.' });
  const swept = metrics.counter({
    name: 'outbox_swept_total',
    help: 'Rows that a sweep found in the table.',
  });

  const storeFailures = metrics.counter({
    name: 'outbox_store_failures_total',
    help: 'Failed reads of the table or deletes of published rows: unavailable (the database was away), failed (a bug, or a broken row).',
    labels: ['outcome'],
  });
  storeFailures.inc({ outcome: 'failed' }, 0);

  /** From the commit to the broker's acknowledgement. */
  const traceSend = ({ event, appendedAt }: OutboxRow): void => {
    if (!tracing.isRecorded(event.traceparent)) return;
    const durationMs = Math.max(0, clock.now() - appendedAt);
    tracing.recordSpan(
      `send ${event.topic}`,
      { parent: event.traceparent, kind: SpanKind.PRODUCER, attributes: eventAttributes(event, 'send') },
      { startedAtMs: clock.monotonicMs() - durationMs, durationMs },
    );
  };

  let failure: Error | undefined;
  readiness.add('relay', () => (failure ? Promise.reject(failure) : true));

  return {
    onPublished({ rows, durationMs }) {
      failure = undefined;
      published.inc(rows.length);
      sizes.observe(rows.length);
      durations.observe(durationMs / 1_000);
      for (const row of rows) traceSend(row);
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

/** The relay's backlog in memory, measured at every scrape. */
export function measureBacklog(relay: OutboxRelay, metrics: Metrics): void {
  metrics.gauge({ name: 'outbox_pending', help: 'Events in memory that are not published yet.' }, (gauge) =>
    gauge.set(relay.pending),
  );
  metrics.gauge(
    { name: 'outbox_oldest_pending_seconds', help: 'Age of the oldest event in memory that is not published yet.' },
    (gauge) => gauge.set(relay.oldestPendingMs() / 1_000),
  );
}
