import { beforeEach, describe, expect, it } from '@jest/globals';
import type { OutboxRelayObserver, OutboxRow } from '#messaging';
import { createLog, Metrics, Tracing } from '#telemetry';
import { FakeClock } from '#testing';
import { observeOutbox } from './observe-outbox.js';
import { Readiness } from './readiness.js';

const NOW = Date.UTC(2026, 0, 1);

let lines: Record<string, unknown>[];
let metrics: Metrics;
let readiness: Readiness;
let observer: OutboxRelayObserver;
let tracing: Tracing;
beforeEach(() => {
  lines = [];
  metrics = new Metrics(new FakeClock());
  readiness = new Readiness(new FakeClock(), () => false, ['relay']);
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const isTransient = (error: unknown): boolean => (error as Error).message === 'away';
  const clock = new FakeClock({ now: NOW });
  tracing = new Tracing({ service: 's', instance: 'i', clock, export: 'memory' });
  const log = createLog({ service: 's', instance: 'i', destination });
  observer = observeOutbox(log, metrics, readiness, { clock, tracing }, isTransient);
});

const row = (traceparent?: string): OutboxRow => ({
  id: 1,
  shard: 0,
  appendedAt: NOW - 30,
  event: {
    id: 'ch_1.capture_succeeded',
    type: 'bank.capture_succeeded.v1',
    topic: 'bank.events.ledger',
    key: 'ch_1',
    source: 'bank-gateway',
    time: NOW - 40,
    data: {},
    traceparent,
  },
});

const fail = (attempt: number): void =>
  observer.onPublishFailed!({ error: new Error('no leader'), count: 3, attempt, delayMs: 100 });

describe('what the relay does', () => {
  it('is counted', async () => {
    observer.onPublished!({ rows: [row(), row(), row()], durationMs: 4 });
    fail(1);
    observer.onSwept!({ count: 2 });
    const text = await metrics.text();
    expect(text).toContain('outbox_published_total 3');
    expect(text).toContain('outbox_publish_duration_seconds_sum 0.004');
    expect(text).toContain('outbox_publish_failures_total 1');
    expect(text).toContain('outbox_swept_total 2');
  });

  it('has a span from the commit to the acknowledgement, for each event of a recorded trace', () => {
    const traced = (flag: string): OutboxRow => row(`00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-${flag}`);
    observer.onPublished!({ rows: [row(), traced('00'), traced('01')], durationMs: 4 });
    expect(tracing.spansOf('ch_1')).toMatchObject([
      {
        name: 'send bank.events.ledger',
        kind: 'producer',
        parentSpanId: '00f067aa0ba902b7',
        startedAt: NOW - 30,
        durationMs: 30,
        attributes: { 'messaging.message.id': 'ch_1.capture_succeeded', 'messaging.operation.type': 'send' },
      },
    ]);
  });

  it('makes the service not ready while Kafka accepts nothing', async () => {
    expect(await readiness.report()).toEqual({ ready: true, checks: { relay: 'ok' } });
    fail(1);
    expect(await readiness.report()).toEqual({
      ready: false,
      checks: { relay: 'Kafka does not take events: no leader' },
    });
    observer.onPublished!({ rows: [row(), row(), row()], durationMs: 4 });
    expect(await readiness.report()).toMatchObject({ ready: true });
  });

  it('is logged once per outage, not per attempt, and not for a short failure', () => {
    for (let attempt = 1; attempt <= 20; attempt++) fail(attempt);
    expect(lines).toMatchObject([{ level: 'warn', msg: 'Kafka does not take events: they wait in the outbox' }]);
  });

  it('distinguishes a database that is away from an unreadable row', async () => {
    for (const message of ['away', 'not a row'])
      observer.onStoreFailed!({ error: new Error(message), attempt: 1, delayMs: 100 });
    const text = await metrics.text();
    expect(text).toContain('outbox_store_failures_total{outcome="unavailable"} 1');
    expect(text).toContain('outbox_store_failures_total{outcome="failed"} 1');
    expect(lines).toMatchObject([{ level: 'error', msg: 'the relay cannot read its table: trying again' }]);
  });
});
