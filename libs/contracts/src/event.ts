import type { z } from 'zod';

export type ServiceName = 'payments-api' | 'bank-gateway' | 'ledger';
/** Producers, as the names of their events begin, and their services. */
export const producers = {
  payments: 'payments-api',
  bank: 'bank-gateway',
  ledger: 'ledger',
} as const satisfies Record<string, ServiceName>;
export type Producer = keyof typeof producers;

/** The events of one producer for one reader: `ledger.events.payments-api`. */
export type Topic = `${Producer}.events.${ServiceName}`;
/** Dead letters of a consumer: `ledger.dlq`. */
export const deadLetterTopicOf = <Consumer extends string>(service: Consumer): `${Consumer}.dlq` => `${service}.dlq`;
/** The one topic that a producer had for all readers. Data folders of earlier versions have it: docs/decisions/0028. */
export const formerTopicOf = (producer: Producer): string => `${producer}.events`;

/** A new event, without time and trace context. */
export interface NewEvent<Data = unknown> {
  readonly id: string;
  readonly type: string;
  readonly topic: Topic;
  /** The Kafka key: the charge, so that one charge's events of one topic stay in order; a bank, for its statements. */
  readonly key: string;
  readonly data: Data;
}

/** An event in the outbox and on Kafka: CloudEvents 1.0, `ce_` headers in binary content mode. */
export interface CloudEvent<Data = unknown> extends Omit<NewEvent<Data>, 'topic'> {
  /** A Topic, or a consumer's dead letters: `ledger.dlq`. */
  readonly topic: string;
  /** The producing service: `payments-api`, `bank-gateway`, `ledger`. */
  readonly source: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly traceparent?: string | undefined;
  /** A resend under the first id. A consumer that has processed it restates its aggregate's last events (`#saga`). */
  readonly resent?: boolean | undefined;
  /** The attributes of a dead letter: origin and error. Sent as `ce_` headers. */
  readonly deadLetter?: DeadLetter | undefined;
}

export interface DeadLetter {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly consumer: string;
  /** How many transactions it made fail. */
  readonly attempts: number;
  readonly error: string;
}

export interface EventContract<Data = unknown> {
  (data: Data): NewEvent<Data>;
  /** On the wire, with its version: `payments.charge_requested.v1`. */
  readonly type: string;
  readonly topic: Topic;
  readonly producer: Producer;
  readonly reader: ServiceName;
  /** One sentence for the generated documents. */
  readonly meaning: string;
  readonly schema: z.ZodType<Data>;
}

export interface EventDefinition<Data> {
  readonly producer: Producer;
  /** The one service that reacts to it. */
  readonly reader: ServiceName;
  /** Without producer and version: `charge_requested`. */
  readonly name: string;
  readonly version: number;
  readonly meaning: string;
  readonly schema: z.ZodType<Data>;
  /** The subject of which this event exists once. The id begins with it. Default: the charge. */
  readonly subject?: (data: Data) => string;
}

/** The event's id is its natural key, subject and name, so that inboxes drop a copy after a crash or a resend. */
export function defineEvent<Data extends { chargeId: string }>(definition: EventDefinition<Data>): EventContract<Data> {
  return defineKeyedEvent({ subject: (data) => data.chargeId, ...definition, key: (data) => data.chargeId });
}

/** An event without a charge. `key` is its Kafka key. */
export function defineKeyedEvent<Data>(
  definition: EventDefinition<Data> & { key: (data: Data) => string; subject: (data: Data) => string },
): EventContract<Data> {
  const { producer, reader, name, version, meaning, schema, key, subject } = definition;
  const type = `${producer}.${name}.v${version}`;
  const topic: Topic = `${producer}.events.${reader}`;
  const create = (data: Data): NewEvent<Data> => ({
    id: `${subject(data)}.${name}`,
    type,
    topic,
    key: key(data),
    data,
  });
  return Object.assign(create, { type, topic, producer, reader, meaning, schema });
}
