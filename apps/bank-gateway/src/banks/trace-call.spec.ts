import { expect, it } from '@jest/globals';
import { defaultLimits, type BankOrder, type CallReport } from '#bank-call';
import { bankProtocol } from '#contracts';
import { CHARGE_ID, SpanKind, Tracing } from '#telemetry';
import { FakeClock } from '#testing';
import { traceCall } from './trace-call.js';

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const order = { kind: 'reverse', reference: 'ch_1.authorize', chargeId: 'ch_1' } as unknown as BankOrder;

it('a call to a bank has a span, and each of its attempts one below it', async () => {
  const clock = new FakeClock();
  await clock.advance(2_100);
  const tracing = new Tracing({ service: 'bank-gateway', instance: 'g1', clock, export: 'memory' });
  const call = tracing.startSpan('reverse at alder', { parent, kind: SpanKind.CLIENT });
  const attempts = [
    {
      attempt: { id: 'at_1', begunAtMs: 0, validUntil: 9 },
      outcome: { kind: 'doubt', reason: 'timeout' },
      startedAtMs: 0,
      tookMs: 2_000,
    },
    {
      attempt: { id: 'at_2', begunAtMs: 2_050, validUntil: 9 },
      outcome: { kind: 'answered', answer: { state: 'reversed' } },
      startedAtMs: 2_060,
      tookMs: 20,
    },
  ];
  const report = { outcome: attempts[1]!.outcome, attempts } as unknown as CallReport<BankOrder>;
  const config = { ...bankProtocol.bankProfiles.alder, url: 'http://127.0.0.1:3011', limits: defaultLimits };
  traceCall(tracing, call, config, order, report);
  call.end();
  const spans = tracing.spansOf('ch_1');
  const [callSpan, ...below] = [
    ...spans.filter(({ name }) => name !== 'POST'),
    ...spans.filter(({ name }) => name === 'POST'),
  ];
  expect(callSpan).toMatchObject({
    name: 'reverse at alder',
    error: null,
    attributes: { 'holdfast.bank.outcome': 'reversed', [CHARGE_ID]: 'ch_1' },
  });
  expect(below.map(({ parentSpanId }) => parentSpanId)).toEqual([callSpan!.spanId, callSpan!.spanId]);
  expect(below).toMatchObject([
    {
      kind: 'client',
      durationMs: 2_000,
      error: 'timeout',
      attributes: {
        'http.request.method': 'POST',
        'server.address': '127.0.0.1',
        'server.port': 3011,
        'error.type': 'timeout',
        'holdfast.bank.name': 'alder',
        'holdfast.bank.attempt.id': 'at_1',
      },
    },
    {
      durationMs: 20,
      error: null,
      attributes: { 'http.request.resend_count': 1, 'holdfast.bank.outcome': 'reversed' },
    },
  ]);
});
