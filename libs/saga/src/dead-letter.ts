import type { CloudEvent } from '#contracts';
import { redact } from '#telemetry';
import type { Delivery } from './store.js';

/** An event as its consumer's dead-letter topic gets it: under its own id and key, with where it came from and why. */
export function deadLetterOf(
  { event, origin }: Delivery,
  { service, error, attempts }: { service: string; error: Error; attempts: number },
): CloudEvent {
  return {
    ...event,
    topic: `${service}.dlq`,
    deadLetter: { ...origin, consumer: service, attempts, error: redact(error.message) },
  };
}
