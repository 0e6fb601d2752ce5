import type { CloudEvent, DeadLetter } from '#contracts';

/** CloudEvents 1.0, Kafka protocol binding, binary content mode: attributes as headers, `data` as the value. */
export interface WireRecord {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON of `data`. */
  readonly value: string;
}

/** A record from a Kafka client, not validated. */
export interface RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}

/** The data of an event whose payload is not JSON. No schema accepts it, so its consumer parks the event. */
export const UNREADABLE = undefined;

/** In UTF-16 units of at most 3 bytes. Kafka rejects record batches above 1 MB (`max.message.bytes`). */
export const MAX_RECORD_LENGTH = 256 * 1024;
/** Of an id, a source or a key. A Postgres B-tree entry has at most 2704 bytes. */
const MAX_NAME_LENGTH = 500;
/** The parked event keeps the whole error. */
const MAX_ERROR_LENGTH = 2_000;

const encoded = new WeakMap<CloudEvent, WireRecord>();

/** Encodes an event object once; the outbox row and the relay's send share the record. */
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
 * Never throws. A record without an id gets one made of topic, partition and offset, so that its consumer can park it.
 * A record without a type has no consumer, and is skipped.
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

/** The `ce_type` header; empty if absent. */
export function typeOf({ headers }: Pick<RawRecord, 'headers'>): string {
  return textOf(headers?.['ce_type']) ?? '';
}

/** Decodes a record from the outbox table, which `encode` wrote. */
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

/** The approximate size of a record, in UTF-16 units. */
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

/** Undefined for text that Postgres rejects: such an event could not be parked, and would block its partition. */
function nameOf(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= MAX_NAME_LENGTH && !text.includes('\0') ? text : undefined;
}

/** Kafka allows repeated headers; the last value wins. */
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
