import type { CloudEvent, DeadLetter } from '#contracts';

/** CloudEvents 1.0 in Kafka's binary mode: attributes as headers, the data alone as the payload. */
export interface WireRecord {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON of `data`. */
  readonly value: string;
}

/** A record as a Kafka client hands it over: bytes, and nothing to rely on. */
export interface RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}

/** What stands in for data that is not JSON: no contract accepts it, so the event is parked where it is read. */
export const UNREADABLE = undefined;

/**
 * In UTF-16 units, so at most three times as many bytes. A broker takes record batches of up to 1 MB
 * (`max.message.bytes`), and what it refuses once it refuses for ever.
 */
export const MAX_RECORD_LENGTH = 256 * 1024;
/** Of an id, a source or a key: an index takes no longer ones, and Postgres no text with a null character. */
const MAX_NAME_LENGTH = 500;
/** The whole error stays with the parked event. */
const MAX_ERROR_LENGTH = 2_000;

const encoded = new WeakMap<CloudEvent, WireRecord>();

/** Done once per event object: the outbox stores what the relay then sends. */
export function encode(event: CloudEvent): WireRecord {
  let record = encoded.get(event);
  if (!record) {
    // `undefined` has no JSON: an event without data travels with an empty payload.
    const value = (JSON.stringify(event.data) as string | undefined) ?? '';
    record = { topic: event.topic, key: event.key, headers: headersOf(event), value };
    encoded.set(event, record);
  }
  return record;
}

/**
 * Never throws. A record that is no CloudEvent of ours gets an id made of where it stands, so that whoever
 * reacts to its type can park it; without a type nobody does, and it passes by.
 */
export function decode(raw: RawRecord): CloudEvent {
  const headers = textsOf(raw.headers);
  const place = `${raw.topic}-${raw.partition}-${raw.offset}`;
  const id = nameOf(headers['ce_id']);
  const time = Date.parse(headers['ce_time'] ?? '');
  const deadLetter = deadLetterOf(headers);
  return {
    id: id ?? place,
    type: headers['ce_type'] ?? '',
    source: nameOf(headers['ce_source']) ?? '',
    topic: raw.topic,
    key: nameOf(raw.key?.toString('utf8')) ?? place,
    time: Number.isNaN(time) ? 0 : time,
    data: id === undefined ? UNREADABLE : parse(raw.value),
    ...(headers['traceparent'] !== undefined && { traceparent: headers['traceparent'] }),
    ...(headers['ce_resent'] === 'true' && { resent: true }),
    ...(deadLetter && { deadLetter }),
  };
}

/** What a record says it is, without reading the rest; empty when it does not say. */
export function typeOf({ headers }: Pick<RawRecord, 'headers'>): string {
  return textOf(headers?.['ce_type']) ?? '';
}

/** An event read back from a record of our own, out of the outbox. */
export function revive(record: WireRecord): CloudEvent {
  const event = decode({
    ...record,
    key: Buffer.from(record.key),
    value: Buffer.from(record.value),
    partition: -1,
    offset: '',
  });
  encoded.set(event, record);
  return event;
}

/** Roughly what a record takes up on its way, in UTF-16 units. */
export function lengthOf(record: WireRecord): number {
  let length = record.key.length + record.value.length;
  for (const name in record.headers) length += name.length + record.headers[name]!.length;
  return length;
}

function headersOf(event: CloudEvent): Record<string, string> {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: event.type,
    ce_source: event.source,
    ce_time: new Date(event.time).toISOString(),
  };
  if (event.traceparent !== undefined) headers['traceparent'] = event.traceparent;
  if (event.resent) headers['ce_resent'] = 'true';
  if (event.deadLetter) {
    const { topic, partition, offset, consumer, attempts, error } = event.deadLetter;
    headers['ce_deadlettertopic'] = topic;
    headers['ce_deadletterpartition'] = String(partition);
    headers['ce_deadletteroffset'] = offset;
    headers['ce_deadletterconsumer'] = consumer;
    headers['ce_deadletterattempts'] = String(attempts);
    headers['ce_deadlettererror'] = error.slice(0, MAX_ERROR_LENGTH);
  }
  return headers;
}

function deadLetterOf(headers: Record<string, string>): DeadLetter | undefined {
  const topic = headers['ce_deadlettertopic'];
  if (topic === undefined) return undefined;
  return {
    topic,
    partition: Number(headers['ce_deadletterpartition']),
    offset: headers['ce_deadletteroffset'] ?? '',
    consumer: headers['ce_deadletterconsumer'] ?? '',
    attempts: Number(headers['ce_deadletterattempts'] ?? 1),
    error: headers['ce_deadlettererror'] ?? '',
  };
}

function textsOf(headers: RawRecord['headers'] = {}): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name in headers) {
    const text = textOf(headers[name]);
    if (text !== undefined) texts[name] = text;
  }
  return texts;
}

/** A name that can be stored: an event without one could be neither seen nor parked, and would stop its partition. */
function nameOf(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= MAX_NAME_LENGTH && !text.includes('\0') ? text : undefined;
}

/** Kafka allows a header several times; the last one counts. */
function textOf(value: unknown): string | undefined {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  if (typeof last === 'string') return last;
  return Buffer.isBuffer(last) ? last.toString('utf8') : undefined;
}

function parse(value: Buffer | null): unknown {
  if (value === null) return UNREADABLE;
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return UNREADABLE;
  }
}
