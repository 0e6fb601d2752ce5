import type { CloudEvent, EventContract } from '#contracts';
import { encode } from '#messaging';
import { sagaTable, type SagaRow, type ServiceName } from '../../libs/contracts/src/saga-table.js';
import { exampleEvents } from './event-examples.js';
import { payloadSchema, SCHEMAS, sharedSchemas, type JsonSchema } from './event-schemas.js';
import { eventsOf, isAnswer, nameOf, reactionsTo, serviceOf, services, textOf, verbOf } from './saga-reading.js';

/**
 * The events as an AsyncAPI 3.0 document: what each service says, what each reacts to, and what stands in them.
 * https://www.asyncapi.com/docs/reference/specification/v3.0.0
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
        'What payments-api, bank-gateway and ledger say to each other. CloudEvents 1.0 in Kafka’s binary mode: attributes are `ce_` headers, the JSON payload is the data alone. The key is the charge. Made from libs/contracts by `npm run docs`.',
      license: { name: 'MIT' },
      tags: services.map((name) => ({ name })),
    },
    defaultContentType: 'application/json',
    servers: {
      local: { host: 'localhost:3092', protocol: 'kafka', description: 'Kafka as `npm start` runs it.' },
    },
    channels: Object.fromEntries([
      ...topics.map((topic) => [topic, channelOf(topic, events)]),
      ...services.map((service) => [deadLettersOf(service), deadLetterChannelOf(service, rows)]),
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

const deadLettersOf = (service: ServiceName): string => `${service}.dlq`;

function channelOf(topic: string, events: readonly EventContract[]): object {
  const own = events.filter((event) => event.topic === topic);
  const [owner] = own.map(serviceOf);
  return {
    address: topic,
    title: `What ${owner} says`,
    description: `Only ${owner} writes here. One charge’s events stay in order; nothing orders them against another topic’s.`,
    messages: Object.fromEntries(own.map((event) => [nameOf(event), { $ref: messageRef(event) }])),
    tags: [{ name: owner }],
  };
}

function deadLetterChannelOf(service: ServiceName, rows: readonly SagaRow[]): object {
  const heard = eventsOf(rows).filter((event) => reactionsTo(event, rows).some((row) => row.service === service));
  return {
    address: deadLettersOf(service),
    title: `What ${service} could not digest`,
    description:
      'The event as it came, with headers that say where it stood and what went wrong. Behind it, later events of its charge are parked; see docs/operating.md.',
    messages: {
      deadLetter: {
        name: 'deadLetter',
        title: 'An event that was parked',
        contentType: 'application/json',
        headers: {
          allOf: [{ $ref: `${SCHEMAS}headers` }, { $ref: `${SCHEMAS}deadLetterHeaders` }],
        },
        payload: {
          description: `The data of one of: ${heard.map(nameOf).join(', ')}. Or whatever else it was that could not be read.`,
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
    channel: { $ref: `#/channels/${deadLettersOf(service)}` },
    summary:
      'After a failure that would repeat itself for ever: a broken schema, an assertion. Outages never come here.',
    tags: [{ name: service }],
  };
}

/** What comes of a reaction, in a sentence. */
export function consequenceOf({ emits, asksFor, compensates, kind }: SagaRow): string {
  if (kind === 'ending') return 'Tells the merchant.';
  const says = emits.length > 0 ? `May say ${emits.map(nameOf).join(', ')}.` : '';
  const asks =
    asksFor && isAnswer(asksFor) ? `${emits.length > 0 ? 'May ask' : 'Asks'} a bank to ${verbOf(asksFor)}.` : '';
  const undoes = compensates ? `Undoes ${textOf(compensates)}.` : '';
  return [says, asks, undoes].filter(Boolean).join(' ') || 'Changes its own books only.';
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

/** What the Kafka key of an event is. */
export function keyOf({ key }: CloudEvent): string {
  return key.startsWith('ch_') ? 'The charge.' : 'The bank.';
}

const text = (description: string, more: JsonSchema = {}): JsonSchema => ({ type: 'string', description, ...more });

/** What every event carries beside its data. */
export const headers: JsonSchema = {
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_time'],
  properties: {
    ce_specversion: text('Of CloudEvents.', { const: '1.0' }),
    ce_id: text(
      'Natural: what it is about, and its name. Whoever says the same thing twice says it under the same id.',
    ),
    ce_type: text('The event’s name with its version.'),
    ce_source: text('The service that says it.', { enum: [...services] }),
    ce_time: text('When it was decided; RFC 3339.', { format: 'date-time' }),
    traceparent: text('W3C trace context: one trace spans a charge.'),
    ce_resent: text('Only on an event that the sweeper said again: who has seen it answers with its own last word.', {
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
    ce_deadlettertopic: text('Where it was read.'),
    ce_deadletterpartition: text('The partition there.'),
    ce_deadletteroffset: text('The offset there.'),
    ce_deadletterconsumer: text('The service that could not digest it.'),
    ce_deadlettererror: text('What went wrong; cut to 2,000 characters.'),
  },
};
