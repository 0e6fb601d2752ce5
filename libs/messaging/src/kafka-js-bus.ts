import { Partitioners, type Kafka, type Producer } from 'kafkajs';
import type { Clock } from '#clock';
import type { CloudEvent } from '#contracts';
import type { Bus, ConsumeOptions, Consumption } from './bus.js';
import { encode } from './cloud-event-wire.js';
import { createTopics } from './create-topics.js';
import { kafkaClient, type KafkaOptions } from './kafka-client.js';
import { KafkaJsConsumption, type ConsumptionObserver } from './kafka-js-consumption.js';

export interface KafkaJsBusOptions extends KafkaOptions {
  readonly clock: Clock;
  readonly observer?: ConsumptionObserver;
}

interface TopicMessages {
  topic: string;
  messages: { key: string; value: string; headers: Record<string, string> }[];
}

/** The bus on kafkajs: one producer, any number of consumers. Connects lazily. */
export class KafkaJsBus implements Bus {
  readonly #kafka: Kafka;
  #producer: Producer;
  readonly #consumptions = new Set<KafkaJsConsumption>();
  #connected: Promise<void> | undefined;

  constructor(private readonly options: KafkaJsBusOptions) {
    this.#kafka = kafkaClient(options);
    this.#producer = this.#newProducer();
  }

  async publish(events: readonly CloudEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.#connect();
    const producer = this.#producer;
    try {
      await producer.sendBatch({ acks: -1, topicMessages: byTopic(events) });
    } catch (error) {
      if (isMute(error)) this.#replace(producer);
      throw error;
    }
  }

  async consume(options: ConsumeOptions): Promise<Consumption> {
    options.signal?.throwIfAborted();
    const { clock, observer } = this.options;
    const consumption = new KafkaJsConsumption(this.#kafka, { ...options, clock, observer });
    this.#consumptions.add(consumption);
    const giveUp = (): void => void consumption.stop(options.signal?.reason);
    options.signal?.addEventListener('abort', giveUp, { once: true });
    await consumption.joined().finally(() => options.signal?.removeEventListener('abort', giveUp));
    return consumption;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumptions].map((consumption) => consumption.stop()));
    await this.#connected?.catch(() => undefined);
    await this.#producer.disconnect();
  }

  /** Creates missing topics. Runs once, before the services start. */
  async ensureTopics(topics: readonly string[], numPartitions: number): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    try {
      const wanted = topics.map((topic) => ({ topic, numPartitions }));
      await createTopics(admin, wanted, this.options.clock);
    } finally {
      await admin.disconnect();
    }
  }

  #newProducer(): Producer {
    // Not idempotent: inboxes drop duplicates anyway, and a fenced producer would be one more state to recover from.
    const producer = this.#kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      idempotent: false,
      // The relay retries without limit, and must see a failure soon.
      retry: { retries: 1 },
    });
    producer.on(producer.events.REQUEST, ({ payload }) => this.options.observer?.onRequest?.(payload.apiName));
    return producer;
  }

  #replace(producer: Producer): void {
    if (this.#producer !== producer) return;
    this.#producer = this.#newProducer();
    this.#connected = undefined;
    producer.disconnect().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    this.#connected ??= this.#producer.connect();
    try {
      await this.#connected;
    } catch (error) {
      this.#connected = undefined;
      throw error;
    }
  }
}

/**
 * A broker that is frozen during ApiVersions leaves kafkajs 2.2.4 with a connection without versions. It never asks
 * again and fails every request with this message, so the producer must be replaced.
 */
function isMute(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Broker not connected');
}

function byTopic(events: readonly CloudEvent[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const event of events) {
    const { topic, key, value, headers } = encode(event);
    let batch = topics.get(topic);
    if (!batch) topics.set(topic, (batch = { topic, messages: [] }));
    batch.messages.push({ key, value, headers });
  }
  return [...topics.values()];
}
