import { deadLetterTopicOf, type CloudEvent, type EventContract, type ServiceName } from '#contracts';
import { encode } from '#messaging';
import { sagaTable, type SagaRow } from '../../libs/contracts/src/saga-table.js';
import { exampleEvents } from './event-examples.js';
import { payloadSchema, SCHEMAS, sharedSchemas, type JsonSchema } from './event-schemas.js';
import { eventsOf, isAnswer, nameOf, reactionsTo, serviceOf, services, textOf, verbOf } from './saga-reading.js';

/**
 * The events as an AsyncAPI 3.0 document: their emitters, their consumers and their schemas.
 * Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0
 *
 * @param version of the system, as in package.json
 */
export function asyncApiOf(version: string, rows: readonly SagaRow[] = sagaTable): object {
  const events = eventsOf(rows);
  const topics = [...new Set(events.map(({ topic }) => topic))].sort();
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Holdfast’s events',
      version,
      description:
        'The events of payments-api, bank-gateway and ledger. CloudEvents 1.0 in Kafka’s binary mode: attributes are `ce_` headers, the JSON payload is the data alone. The key is the charge. Generated from libs/contracts by `npm run docs`.',
      license: { name: 'MIT' },
      tags: services.map((name) => ({ name })),
    },
    defaultContentType: 'application/json',
    servers: {
      local: { host: 'localhost:3092', protocol: 'kafka', description: 'Kafka of `npm start`.' },
    },
    channels: Object.fromEntries([
      ...topics.map((topic) => [topic, channelOf(topic, events)]),
      ...services.map((service) => [deadLetterTopicOf(service), deadLetterChannelOf(service, rows)]),
    ]),
    operations: Object.fromEntries([
      ...events.map((event) => [`${serviceOf(event)}.sends.${nameOf(event)}`, sendingOf(event)]),
      ...services.flatMap((service) => rows.flatMap((row) => receivingOf(row, service))),
      ...services.map((service) => [`${service}.buries`, buryingOf(service)]),
    ]),
    components: {
      messages: Object.fromEntries(events.map((event) => [nameOf(event), messageOf(event)])),
      schemas: { ...sharedSchemas(), headers, deadLetterHeaders },
    },
  };
}

function channelOf(topic: string, events: readonly EventContract[]): object {
  const own = events.filter((event) => event.topic === topic);
  const [owner] = own.map(serviceOf);
  const [reader] = own.map((event) => event.reader);
  return {
    address: topic,
    title: `Events of ${owner} for ${reader}`,
    description: `Only ${owner} writes to this topic, and only ${reader} reacts to it. Events of one charge are in order within the topic; there is no order between topics.`,
    messages: Object.fromEntries(own.map((event) => [nameOf(event), { $ref: messageRef(event) }])),
    tags: [{ name: owner }],
  };
}

function deadLetterChannelOf(service: ServiceName, rows: readonly SagaRow[]): object {
  const heard = eventsOf(rows).filter((event) => reactionsTo(event, rows).some((row) => row.service === service));
  return {
    address: deadLetterTopicOf(service),
    title: `Dead letters of ${service}`,
    description:
      'The event as received, with headers for its origin and its error. Later events of its charge are parked behind it; see docs/operating.md.',
    messages: {
      deadLetter: {
        name: 'deadLetter',
        title: 'A parked event',
        contentType: 'application/json',
        headers: {
          allOf: [{ $ref: `${SCHEMAS}headers` }, { $ref: `${SCHEMAS}deadLetterHeaders` }],
        },
        payload: {
          description: `The data of one of: ${heard.map(nameOf).join(', ')}. Or an unreadable record.`,
        },
      },
    },
    tags: [{ name: service }],
  };
}

function sendingOf(event: EventContract): object {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${event.topic}` },
    summary: event.meaning,
    messages: [{ $ref: `#/channels/${event.topic}/messages/${nameOf(event)}` }],
    tags: [{ name: serviceOf(event) }],
  };
}

function receivingOf(row: SagaRow, service: ServiceName): [string, object][] {
  const { on: event } = row;
  if (row.service !== service || typeof event === 'string') return [];
  return [
    [
      `${service}.receives.${nameOf(event)}`,
      {
        action: 'receive',
        channel: { $ref: `#/channels/${event.topic}` },
        summary: consequenceOf(row),
        messages: [{ $ref: `#/channels/${event.topic}/messages/${nameOf(event)}` }],
        tags: [{ name: service }],
      },
    ],
  ];
}

function buryingOf(service: ServiceName): object {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${deadLetterTopicOf(service)}` },
    summary:
      'After an error that every retry would repeat: an invalid schema, a failed assertion. An outage never causes a dead letter.',
    tags: [{ name: service }],
  };
}

/** The consequence of a reaction, as a sentence. */
export function consequenceOf({ emits, asksFor, compensates, kind }: SagaRow): string {
  if (kind === 'ending') return 'Answers the merchant.';
  const says = emits.length > 0 ? `May emit ${emits.map(nameOf).join(', ')}.` : '';
  const asks =
    asksFor && isAnswer(asksFor) ? `${emits.length > 0 ? 'May ask' : 'Asks'} a bank to ${verbOf(asksFor)}.` : '';
  const undoes = compensates ? `Undoes ${textOf(compensates)}.` : '';
  return [says, asks, undoes].filter(Boolean).join(' ') || 'Changes only its own state.';
}

const messageRef = (event: EventContract): string => `#/components/messages/${nameOf(event)}`;

function messageOf(event: EventContract): object {
  const example = exampleEvents.get(event.type)!;
  const { headers: sent, key } = encode(example);
  return {
    name: event.type,
    title: nameOf(event),
    summary: event.meaning,
    contentType: 'application/json',
    headers: { $ref: `${SCHEMAS}headers` },
    payload: payloadSchema(event),
    bindings: { kafka: { key: { type: 'string', description: keyOf(example) } } },
    tags: [{ name: serviceOf(event) }],
    examples: [{ name: example.id, summary: `Key: ${key}`, headers: sent, payload: example.data }],
  };
}

/** Meaning of the event's Kafka key. */
export function keyOf({ key }: CloudEvent): string {
  return key.startsWith('ch_') ? 'The charge.' : 'The bank.';
}

const text = (description: string, more: JsonSchema = {}): JsonSchema => ({ type: 'string', description, ...more });

/** Headers of every event. */
export const headers: JsonSchema = {
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_time'],
  properties: {
    ce_specversion: text('Version of CloudEvents.', { const: '1.0' }),
    ce_id: text('A natural key: the subject and the event’s name. A duplicate has the same id.'),
    ce_type: text('The event’s name with its version.'),
    ce_source: text('The emitting service.', { enum: [...services] }),
    ce_time: text('Time of the decision; RFC 3339.', { format: 'date-time' }),
    traceparent: text('W3C trace context: one trace spans a charge.'),
    ce_resent: text('Only on an event that a sweeper resent. A service that has seen it restates its own last event.', {
      const: 'true',
    }),
  },
};

const deadLetterHeaders: JsonSchema = {
  type: 'object',
  required: [
    'ce_deadlettertopic',
    'ce_deadletterpartition',
    'ce_deadletteroffset',
    'ce_deadletterconsumer',
    'ce_deadlettererror',
  ],
  properties: {
    ce_deadlettertopic: text('The topic from which it was read.'),
    ce_deadletterpartition: text('Its partition.'),
    ce_deadletteroffset: text('Its offset.'),
    ce_deadletterconsumer: text('The service that failed to process it.'),
    ce_deadlettererror: text('The error, truncated to 2,000 characters.'),
  },
};
