import type { StepConsumerObserver } from '#saga';
import { about, sizeBuckets, SpanKind, type Log, type Metrics, type Span, type Tracing } from '#telemetry';
import { eventAttributes } from './event-spans.js';

/** The consumer's metrics, log lines and spans. */
export function observeSteps(service: string, log: Log, metrics: Metrics, tracing: Tracing): StepConsumerObserver {
  const sizes = metrics.histogram({ name: 'step_batch_size', help: 'Events per transaction.', buckets: sizeBuckets });
  const durations = metrics.histogram({ name: 'step_batch_duration_seconds', help: 'Time per transaction.' });
  const outcomes = metrics.counter({
    name: 'step_outcomes_total',
    help: 'Events by outcome: decided, duplicate (dropped by the inbox), parked_behind, too_soon (a prerequisite event was lost; dropped until it is resent).',
    labels: ['outcome'],
  });
  const pauses = metrics.counter({ name: 'step_pauses_total', help: 'Pauses after a transient error of the store.' });
  const parked = metrics.counter({
    name: 'step_parked_total',
    help: 'Poison events that were parked for an operator.',
  });

  // Batches run one after another, so all open spans belong to the current batch.
  let open: Span[] = [];
  const endSpans = (error?: Error): void => {
    for (const span of open) {
      if (error) span.fail(error);
      span.end();
    }
    open = [];
  };

  return {
    onBatch(report) {
      endSpans();
      sizes.observe(report.size);
      durations.observe(report.durationMs / 1_000);
      for (const { kind } of report.outcomes) outcomes.inc({ outcome: kind });
    },
    onPause({ error, attempt, delayMs }) {
      endSpans(error);
      pauses.inc();
      // An ordinary deadlock or reconnect ends within two attempts, so log only later ones.
      const level = attempt >= 3 ? 'warn' : 'debug';
      log[level]({ err: error, attempt, delayMs }, 'the database is not available to the consumer: trying again');
    },
    onParked({ delivery: { event, origin }, error }) {
      endSpans(error);
      parked.inc();
      log.error(
        {
          ...about({ traceparent: event.traceparent, charge: event.key }),
          event: event.id,
          type: event.type,
          origin,
          err: error,
        },
        'parked an event that fails whatever is tried',
      );
    },
    onDropped({ delivery: { event, origin }, error }) {
      endSpans(error);
      log.error(
        { ...about({ traceparent: event.traceparent, charge: event.key }), event: event.id, origin, err: error },
        'an event that was seen before fails: dropped, its effect stands',
      );
    },
    trace(event) {
      if (!tracing.isRecorded(event.traceparent)) return event.traceparent;
      const span = tracing.startSpan(`process ${event.topic}`, {
        parent: event.traceparent,
        kind: SpanKind.CONSUMER,
        attributes: { ...eventAttributes(event, 'process'), 'messaging.consumer.group.name': service },
      });
      open.push(span);
      return span.traceparent;
    },
  };
}
