import type { z } from 'zod';

export const topics = { payments: 'payments.events', bank: 'bank.events', ledger: 'ledger.events' } as const;
export type Producer = keyof typeof topics;
export type Topic = (typeof topics)[Producer];

/** An event that a step decided on, before it has a time and a trace. */
export interface NewEvent<Data = unknown> {
  readonly id: string;
  readonly type: string;
  readonly topic: Topic;
  /** The Kafka key: the charge, so that one charge's events of one topic stay in order; a bank, for its statements. */
  readonly key: string;
  readonly data: Data;
}

/** A NewEvent as it stands in an outbox and travels: CloudEvents 1.0, `ce_` headers in Kafka's binary mode. */
export interface CloudEvent<Data = unknown> extends Omit<NewEvent<Data>, 'topic'> {
  /** A Topic, or a consumer's dead letters: `ledger.dlq`. */
  readonly topic: string;
  /** The producing service: `payments-api`, `bank-gateway`, `ledger`. */
  readonly source: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly traceparent?: string | undefined;
  /**
   * Said again by the sweeper, under its first id. A consumer that has seen it answers by saying again
   * what its own aggregate said last, so that a lost event anywhere down the line is replaced.
   */
  readonly resent?: boolean | undefined;
  /** A dead letter's own attributes: where it came from and what went wrong. Travels as `ce_` headers. */
  readonly deadLetter?: DeadLetter | undefined;
}

export interface DeadLetter {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly consumer: string;
  /** How many transactions it had spoilt by then. */
  readonly attempts: number;
  readonly error: string;
}

export interface EventContract<Data = unknown> {
  (data: Data): NewEvent<Data>;
  /** On the wire, with its version: `payments.charge_requested.v1`. */
  readonly type: string;
  readonly topic: Topic;
  readonly producer: Producer;
  /** One sentence for the generated documents. */
  readonly meaning: string;
  readonly schema: z.ZodType<Data>;
}

export interface EventDefinition<Data> {
  readonly producer: Producer;
  /** Without producer and version: `charge_requested`. */
  readonly name: string;
  readonly version: number;
  readonly meaning: string;
  readonly schema: z.ZodType<Data>;
  /** What can happen to this only once; the id begins with it. Default: the charge. */
  readonly subject?: (data: Data) => string;
}

/**
 * An event's id is its natural key, subject and name: whoever says the same thing twice, after a crash or
 * out of the sweeper, says it under the same id, and every inbox drops it.
 */
export function defineEvent<Data extends { chargeId: string }>(definition: EventDefinition<Data>): EventContract<Data> {
  return defineKeyedEvent({ subject: (data) => data.chargeId, ...definition, key: (data) => data.chargeId });
}

/** An event that belongs to no charge; `key` keeps those of one kind in order. */
export function defineKeyedEvent<Data>(
  definition: EventDefinition<Data> & { key: (data: Data) => string; subject: (data: Data) => string },
): EventContract<Data> {
  const { producer, name, version, meaning, schema, key, subject } = definition;
  const type = `${producer}.${name}.v${version}`;
  const topic = topics[producer];
  const create = (data: Data): NewEvent<Data> => ({
    id: `${subject(data)}.${name}`,
    type,
    topic,
    key: key(data),
    data,
  });
  return Object.assign(create, { type, topic, producer, meaning, schema });
}
