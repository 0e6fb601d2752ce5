import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SystemClock } from '#clock';
import { topics } from '#contracts';
import { KafkaJsBus, type KafkaConnection } from '#messaging';

/** Duplicate records in the topics that are no restatements: the relay published them twice, before and after a crash. */
export interface TopicRepeats {
  /** Records read. */
  readonly records: number;
  /** Distinct events among them. */
  readonly events: number;
  readonly copies: readonly RepeatedEvent[];
}

export interface RepeatedEvent {
  /** The service that published it. */
  readonly service: string;
  /** Time of the event by its service's clock, in Unix ms. */
  readonly saidAtMs: number;
}

const SILENT_FOR_MS = 2_500;

/** Reads all event topics from their beginning. */
export async function readCopies(connection: KafkaConnection): Promise<TopicRepeats> {
  const bus = new KafkaJsBus({ ...connection, clientId: 'chaos', clock: new SystemClock() });
  const seen = new Set<string>();
  const copies: RepeatedEvent[] = [];
  let records = 0;
  let lastMs = performance.now();
  try {
    await bus.consume({
      group: `reader-chaos-${randomUUID()}`,
      topics,
      onBatch: async (deliveries) => {
        lastMs = performance.now();
        for (const { event } of deliveries) {
          records += 1;
          if (seen.has(event.id) && !event.resent) copies.push({ service: event.source, saidAtMs: event.time });
          seen.add(event.id);
        }
      },
    });
    while (performance.now() - lastMs < SILENT_FOR_MS) await sleep(100);
  } finally {
    await bus.close();
  }
  return { records, events: seen.size, copies };
}
