import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '#contracts';
import { decode, encode, revive, type RawRecord } from './cloud-event-wire.js';

const event: CloudEvent = {
  id: 'ch_1.hold_placed',
  type: 'ledger.hold_placed.v1',
  source: 'ledger',
  topic: 'ledger.events',
  key: 'ch_1',
  time: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  data: { chargeId: 'ch_1', note: 'Zoë “€”' },
};

/** The record as a client receives it: bytes. */
function received(sent: CloudEvent): RawRecord {
  const { topic, key, headers, value } = encode(sent);
  return {
    topic,
    partition: 3,
    offset: '42',
    key: Buffer.from(key),
    value: Buffer.from(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
  };
}

describe('CloudEvents in Kafka', () => {
  it('are encoded in binary mode: attributes as ce_ headers, the data as payload, the key as key', () => {
    expect(encode(event)).toEqual({
      topic: 'ledger.events',
      key: 'ch_1',
      headers: {
        ce_specversion: '1.0',
        ce_id: 'ch_1.hold_placed',
        ce_type: 'ledger.hold_placed.v1',
        ce_source: 'ledger',
        ce_time: '2026-01-02T03:04:05.678Z',
      },
      value: '{"chargeId":"ch_1","note":"Zoë “€”"}',
    });
  });

  it.each<[string, Partial<CloudEvent>]>([
    ['plain', {}],
    ['traced', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }],
    ['said again', { resent: true }],
    [
      'dead, with where it came from',
      {
        topic: 'ledger.dlq',
        deadLetter: {
          topic: 'bank.events',
          partition: 2,
          offset: '17',
          consumer: 'ledger',
          attempts: 3,
          error: 'ünlucky',
        },
      },
    ],
  ])('are decoded as they were encoded: %s', (_, attributes) => {
    const sent = { ...event, ...attributes };
    expect(decode(received(sent))).toEqual(sent);
  });

  it('keep their encoded record when they are read from the outbox', () => {
    const record = encode(event);
    const revived = revive(record);
    expect(revived).toEqual(event);
    expect(encode(revived)).toBe(record);
  });

  it('are encoded once, however often they are sent', () => {
    const once = { ...event };
    expect(encode(once)).toBe(encode(once));
  });

  it('have data that no schema accepts when their payload is not JSON', () => {
    expect(decode({ ...received(event), value: Buffer.from('{"chargeId":') })).toEqual({ ...event, data: undefined });
    expect(decode({ ...received(event), value: null })).toEqual({ ...event, data: undefined });
  });

  it('get an id made of topic, partition and offset, and unreadable data, when they have none', () => {
    const raw = received(event);
    const { ce_id: _, ...headers } = raw.headers as Record<string, unknown>;
    expect(decode({ ...raw, headers })).toEqual({ ...event, id: 'ledger.events-3-42', data: undefined });
  });

  it.each([
    ['no text', 'null \0'],
    ['nothing an index takes', 'k'.repeat(501)],
  ])(
    'get an id and a key made of topic, partition and offset when theirs are %s, so that they can be parked',
    (_, name) => {
      const raw = received(event);
      const headers = { ...raw.headers, ce_id: name };
      expect(decode({ ...raw, headers, key: Buffer.from(name) })).toMatchObject({
        id: 'ledger.events-3-42',
        key: 'ledger.events-3-42',
        data: undefined,
      });
    },
  );

  it('have an empty type, without a handler, when they are not CloudEvents', () => {
    expect(decode({ topic: 't', partition: 0, offset: '7', key: null, value: null })).toEqual({
      id: 't-0-7',
      type: '',
      source: '',
      topic: 't',
      key: 't-0-7',
      time: 0,
      data: undefined,
    });
  });
});
