import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { about } from './log.js';
import { SpanKind } from '@opentelemetry/api';
import { SystemClock } from '#clock';
import { FakeClock } from '#testing';
import { CHARGE_ID } from './span-attributes.js';
import { parseTraceparent, traceIdOf } from './traceparent.js';
import { Tracing } from './tracing.js';

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const of = { service: 'ledger', instance: 'ledger-1', clock: new SystemClock() };

async function toFile(): Promise<{ tracing: Tracing; spans: () => Promise<Record<string, unknown>[]> }> {
  const file = join(await mkdtemp(join(tmpdir(), 'holdfast-traces-')), 'spans.jsonl');
  const tracing = new Tracing({ ...of, export: 'file', file });
  const spans = async (): Promise<Record<string, unknown>[]> => {
    await tracing.close();
    const text = await readFile(file, 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => (line ? [JSON.parse(line) as Record<string, unknown>] : []));
  };
  return { tracing, spans };
}

describe('tracing', () => {
  it('passes a trace on unchanged without an exporter', () => {
    expect(new Tracing(of).startSpan('any', { parent }).traceparent).toBe(parent);
  });

  it('begins a valid, unsampled trace without a parent, or with an invalid one', () => {
    for (const broken of [
      undefined,
      '',
      'nonsense',
      parent.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
    ]) {
      const { traceparent } = new Tracing(of).startSpan('any', { parent: broken });
      expect(parseTraceparent(traceparent)).toMatchObject({ traceFlags: 0 });
    }
  });

  it('writes finished spans as lines, in the trace of their parent', async () => {
    const { tracing, spans } = await toFile();
    const outer = tracing.startSpan('request', { parent, kind: SpanKind.SERVER, attributes: { charge: 'ch_1' } });
    const inner = tracing.startSpan('step', { parent: outer.traceparent });
    inner.fail(new Error('card 4242424242424242 refused'));
    inner.end();
    outer.end();
    const [step, request] = await spans();
    expect(request).toMatchObject({
      traceId: traceIdOf(parent),
      parentSpanId: '00f067aa0ba902b7',
      service: 'ledger',
      instance: 'ledger-1',
      name: 'request',
      kind: 'server',
      attributes: { charge: 'ch_1' },
    });
    expect(step).toMatchObject({
      traceId: traceIdOf(parent),
      parentSpanId: request!['spanId'],
      error: 'card [hidden] refused',
    });
  });

  it('records nothing of an unsampled trace, and passes it on', async () => {
    const { tracing, spans } = await toFile();
    const span = tracing.startSpan('any', { parent: parent.replace(/01$/, '00') });
    span.end();
    expect(span.traceparent).toContain(traceIdOf(parent)!);
    expect(span.traceparent).toMatch(/-00$/);
    expect(await spans()).toEqual([]);
  });

  it('records the traces of the first 50 requests in a second, and further ones as time passes', async () => {
    const clock = new FakeClock();
    const tracing = new Tracing({ ...of, clock, export: 'memory' });
    const begin = (asked?: string): boolean => {
      const { traceparent } = tracing.startSpan('POST /v1/charges', { kind: SpanKind.SERVER, parent: asked });
      return tracing.isRecorded(traceparent);
    };
    expect(Array.from({ length: 60 }, () => begin()).filter(Boolean)).toHaveLength(50);
    expect(begin(parent)).toBe(false);
    await clock.advance(100);
    expect(Array.from({ length: 10 }, () => begin(parent)).filter(Boolean)).toHaveLength(5);
  });

  it('begins a trace with a request from outside alone, and keeps the trace of a caller that records none', () => {
    const tracing = new Tracing({ ...of, export: 'memory' });
    expect(tracing.isRecorded(tracing.startSpan('bank statement', { kind: SpanKind.CLIENT }).traceparent)).toBe(false);
    const unrecorded = parent.replace(/01$/, '00');
    const { traceparent } = tracing.startSpan('POST /v1/charges', { kind: SpanKind.SERVER, parent: unrecorded });
    expect(traceparent).toBe(unrecorded);
    expect(tracing.isRecorded(undefined)).toBe(false);
  });

  it.each(['none', 'memory'] as const)('gives each request to another system a span id of its own (%s)', (how) => {
    const tracing = new Tracing({ ...of, export: how });
    const call = (asked?: string) => tracing.startSpan('POST', { kind: SpanKind.CLIENT, parent: asked }).traceparent;
    const unrecorded = parent.replace(/01$/, '00');
    const [first, second] = [call(unrecorded), call(unrecorded)];
    expect([traceIdOf(first), traceIdOf(second)]).toEqual([traceIdOf(parent), traceIdOf(parent)]);
    expect(new Set([first, second, unrecorded]).size).toBe(3);
    expect(parseTraceparent(call())).toMatchObject({ traceFlags: 0 });
  });

  it('keeps the spans of a charge in memory, with their times on the service’s clock', async () => {
    const clock = new FakeClock({ now: 1_000_000 });
    const tracing = new Tracing({ ...of, clock, export: 'memory' });
    const span = tracing.startSpan('process', { parent, attributes: { [CHARGE_ID]: 'ch_1' } });
    await clock.advance(30);
    tracing.recordSpan(
      'POST',
      { parent: span.traceparent, kind: SpanKind.CLIENT, attributes: { [CHARGE_ID]: 'ch_1' } },
      { startedAtMs: 10, durationMs: 15, error: 'timeout 4242424242424242' },
    );
    span.end();
    tracing.startSpan('process', { parent, attributes: { [CHARGE_ID]: 'ch_2' } }).end();
    expect(tracing.spansOf('ch_1')).toMatchObject([
      { name: 'process', startedAt: 1_000_000, durationMs: 30, error: null, parentSpanId: '00f067aa0ba902b7' },
      { name: 'POST', kind: 'client', startedAt: 1_000_010, durationMs: 15, error: 'timeout [hidden]' },
    ]);
    const [outer, inner] = tracing.spansOf('ch_1');
    expect(inner!.parentSpanId).toBe(outer!.spanId);
  });

  it('forgets the oldest spans', () => {
    const tracing = new Tracing({ ...of, export: 'memory', recentSpans: 2 });
    for (const chargeId of ['ch_1', 'ch_2', 'ch_3'])
      tracing.startSpan('process', { parent, attributes: { [CHARGE_ID]: chargeId } }).end();
    expect(['ch_1', 'ch_2', 'ch_3'].map((chargeId) => tracing.spansOf(chargeId).length)).toEqual([0, 1, 1]);
  });
});

describe('the correlation fields of a log line', () => {
  it('are trace id and charge, if known', () => {
    expect(about({ traceparent: parent, charge: 'ch_1' })).toEqual({ trace_id: traceIdOf(parent), charge: 'ch_1' });
    expect(about({})).toEqual({});
  });

  it('sends spans to a collector by OTLP, in their trace', async () => {
    const bodies: string[] = [];
    const collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        bodies.push(`${request.url} ${Buffer.concat(chunks).toString()}`);
        response.setHeader('content-type', 'application/json').end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const otlpUrl = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;
    const tracing = new Tracing({ ...of, export: 'otlp', otlpUrl });
    const span = tracing.startSpan('decide', { parent, attributes: { charge: 'ch_4242424242424242' } });
    span.set({ seen: 'card 4242 4242 4242 4242', amount: 4242 });
    span.fail(new Error('no 4242424242424242'));
    span.end();
    await tracing.close();
    collector.close();
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toMatch(/^\/v1\/traces /);
    expect(bodies[0]).toContain('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(bodies[0]).toContain('decide');
    expect(bodies[0]).not.toMatch(/4242 ?4242/);
  });
});
