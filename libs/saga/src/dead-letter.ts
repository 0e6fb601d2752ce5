import { deadLetterTopicOf, type CloudEvent } from '#contracts';
import { redact } from '#telemetry';
import type { Delivery } from './store.js';

/** The dead letter for an event: same id and key, with its topic, partition, offset and last error. */
export function deadLetterOf(
  { event, origin }: Delivery,
  { service, error, attempts }: { service: string; error: Error; attempts: number },
): CloudEvent {
  return {
    ...event,
    topic: deadLetterTopicOf(service),
    deadLetter: { ...origin, consumer: service, attempts, error: redact(error.message) },
  };
}
