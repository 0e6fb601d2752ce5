import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { bank, type CloudEvent } from '#contracts';
import { usd } from '#money';
import type { StepConsumerObserver } from '#saga';
import { createLog, Metrics, Tracing } from '#telemetry';
import { observeSteps } from './observe-steps.js';

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const event: CloudEvent = {
  ...bank.captureSucceeded({
    chargeId: 'ch_1',
    account: 'acct_1',
    amount: usd(900),
    bank: 'alder',
    bankCaptureId: 'alder_1',
  }),
  source: 'bank-gateway',
  time: 0,
  traceparent: parent,
};
const delivery = { event, origin: { topic: 'bank.events', partition: 1, offset: '7' } };

let lines: Record<string, unknown>[];
let metrics: Metrics;
let file: string;
let tracing: Tracing;
let observer: StepConsumerObserver;

beforeEach(async () => {
  lines = [];
  metrics = new Metrics(new SystemClock());
  file = join(await mkdtemp(join(tmpdir(), 'holdfast-steps-')), 'spans.jsonl');
  tracing = new Tracing({ service: 'ledger', instance: 'l1', clock: new SystemClock(), export: 'file', file });
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  observer = observeSteps(
    'ledger',
    createLog({ service: 'ledger', instance: 'l1', level: 'debug', destination }),
    metrics,
    tracing,
  );
});

const spans = async (): Promise<Record<string, unknown>[]> => {
  await tracing.close();
  return (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe('the consumer’s telemetry', () => {
  it('counts events by outcome', async () => {
    const outcomes = [{ kind: 'decided', result: undefined }, { kind: 'duplicate' }, { kind: 'duplicate' }] as const;
    observer.onBatch!({ size: 3, durationMs: 4, outcomes });
    const text = await metrics.text();
    expect(text).toContain('step_outcomes_total{outcome="decided"} 1');
    expect(text).toContain('step_outcomes_total{outcome="duplicate"} 2');
    expect(text).toContain('step_batch_size_sum 3');
    expect(text).toContain('step_batch_duration_seconds_sum 0.004');
  });

  it('has a span per event in its charge’s trace, which ends with the batch, and whose children carry on', async () => {
    const handedOn = observer.trace!(event);
    observer.onBatch!({ size: 1, durationMs: 4, outcomes: [{ kind: 'decided', result: undefined }] });
    const [span] = await spans();
    expect(span).toMatchObject({
      name: 'process bank.events.ledger',
      kind: 'consumer',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentSpanId: '00f067aa0ba902b7',
      attributes: {
        'messaging.consumer.group.name': 'ledger',
        'cloudevents.event_type': 'bank.capture_succeeded.v1',
        'holdfast.charge.id': 'ch_1',
      },
    });
    expect(handedOn).toBe(`00-4bf92f3577b34da6a3ce929d0e0e4736-${String(span!['spanId'])}-01`);
  });

  it('marks the spans of a failed attempt as errors', async () => {
    observer.trace!(event);
    observer.onPause!({ error: new Error('connection refused'), attempt: 3, delayMs: 100 });
    expect(await spans()).toMatchObject([{ error: 'connection refused' }]);
    expect(lines).toMatchObject([{ level: 'warn', attempt: 3 }]);
  });

  it('logs a parked event with its charge and its trace', async () => {
    observer.onParked!({ delivery, error: new Error('captured more than was held') });
    expect(lines).toMatchObject([
      {
        level: 'error',
        charge: 'ch_1',
        trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
        event: 'ch_1.capture_succeeded',
        origin: { topic: 'bank.events', partition: 1, offset: '7' },
      },
    ]);
    expect(await metrics.text()).toContain('step_parked_total 1');
    await tracing.close();
  });

  it('passes a trace on unchanged when traces are not exported', () => {
    const silent = createLog({ service: 'ledger', instance: 'l1', level: 'silent' });
    const quiet = observeSteps(
      'ledger',
      silent,
      new Metrics(new SystemClock()),
      new Tracing({ service: 'ledger', instance: 'l1', clock: new SystemClock() }),
    );
    expect(quiet.trace!(event)).toBe(parent);
  });
});
