import type { CloudEvent } from '#contracts';
import { CHARGE_ID } from '#telemetry';

/**
 * Attributes of a span about an event, by OpenTelemetry's conventions for messaging, Kafka and CloudEvents. The trace
 * context of an event is that of the work that emitted it, so sending and processing stand beside each other below it.
 */
export function eventAttributes(event: CloudEvent, operation: 'send' | 'process'): Record<string, string> {
  return {
    'messaging.system': 'kafka',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': event.topic,
    'messaging.message.id': event.id,
    'messaging.kafka.message.key': event.key,
    'cloudevents.event_id': event.id,
    'cloudevents.event_type': event.type,
    'cloudevents.event_source': event.source,
    ...(event.key.startsWith('ch_') && { [CHARGE_ID]: event.key }),
  };
}
