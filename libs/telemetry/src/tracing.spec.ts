import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { about } from './log.js';
import { SpanKind } from '@opentelemetry/api';
import { parseTraceparent, traceIdOf } from './traceparent.js';
import { Tracing } from './tracing.js';

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const of = { service: 'ledger', instance: 'ledger-1' };

async function toFile(sample?: number): Promise<{ tracing: Tracing; spans: () => Promise<Record<string, unknown>[]> }> {
  const file = join(await mkdtemp(join(tmpdir(), 'holdfast-traces-')), 'spans.jsonl');
  const tracing = new Tracing({ ...of, export: 'file', file, ...(sample !== undefined && { sample }) });
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
      trace_id: traceIdOf(parent),
      parent_span_id: '00f067aa0ba902b7',
      service: 'ledger',
      instance: 'ledger-1',
      name: 'request',
      kind: 'server',
      attributes: { charge: 'ch_1' },
    });
    expect(step).toMatchObject({
      trace_id: traceIdOf(parent),
      parent_span_id: request!['span_id'],
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

  it('samples the configured fraction of new traces', async () => {
    const { tracing, spans } = await toFile(0);
    const span = tracing.startSpan('any');
    span.end();
    expect(parseTraceparent(span.traceparent)).toMatchObject({ traceFlags: 0 });
    expect(await spans()).toEqual([]);
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
