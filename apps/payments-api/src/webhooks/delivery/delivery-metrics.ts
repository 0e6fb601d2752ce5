import { Injectable } from '@nestjs/common';
import { Metrics } from '#telemetry';

/** How an attempt ended. */
export type WebhookAttemptOutcome = 'delivered' | 'refused' | 'unanswered' | 'abandoned';

@Injectable()
export class DeliveryMetrics {
  readonly attempted: (outcome: WebhookAttemptOutcome, durationMs: number) => void;

  constructor(metrics: Metrics) {
    const attempts = metrics.counter({
      name: 'webhook_attempts_total',
      help: 'Attempts to deliver an event: delivered, refused (a status that is not 2xx), unanswered, abandoned (the last one failed, or its endpoint is gone or disabled).',
      labels: ['outcome'],
    });
    const durations = metrics.histogram({
      name: 'webhook_attempt_duration_seconds',
      help: 'Time from the beginning of an attempt to the status of its answer.',
    });
    this.attempted = (outcome, durationMs) => {
      attempts.inc({ outcome });
      durations.observe(durationMs / 1_000);
    };
  }
}
