import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { ChargeTimeline } from '#charge-story';
import { traceTrees } from '#charge-trace';
import type { views } from '#contracts';
import { notEmpty } from '#testing';
import { spansOfStory } from './spans-of-story.js';
import { waterfall } from './waterfall.js';

const began = Date.UTC(2026, 0, 15);
const span = (
  spanId: string,
  parentSpanId: string | null,
  service: string,
  name: string,
  startsMs: number,
  durationMs: number,
  more: Partial<views.SpanView> = {},
): views.SpanView => ({
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId,
  parentSpanId,
  service,
  instance: service,
  name,
  kind: 'internal',
  startedAt: began + startsMs,
  durationMs,
  error: null,
  attributes: {},
  ...more,
});

const event = (operation: string, type: string): Partial<views.SpanView> => ({
  attributes: { 'messaging.operation.name': operation, 'cloudevents.event_type': type },
});

const spans = [
  span('1', null, 'payments-api', 'POST /v1/charges', 0, 90, { attributes: { 'http.response.status_code': 200 } }),
  span(
    '2',
    '1',
    'payments-api',
    'send payments.events.bank-gateway',
    3,
    9,
    event('send', 'payments.charge_requested.v1'),
  ),
  span(
    '3',
    '1',
    'bank-gateway',
    'process payments.events.bank-gateway',
    14,
    4,
    event('process', 'payments.charge_requested.v1'),
  ),
  span('4', '3', 'bank-gateway', 'authorize at alder', 18, 40, { attributes: { 'holdfast.bank.outcome': 'approved' } }),
  span('5', '4', 'bank-gateway', 'POST', 18, 25, { error: 'reset', attributes: { 'holdfast.bank.outcome': 'reset' } }),
];
const [tree] = traceTrees(spans);

describe('the waterfall of a trace', () => {
  it('has a line for each span: when it began, who, what below its cause, and how long', () => {
    expect(waterfall(tree!, { width: 100, colours: false })).toEqual([
      '    0 ms payments-api  POST /v1/charges → 200                    ██████████████████████████    90 ms',
      '    3 ms payments-api    send payments.charge_requested          ███                            9 ms',
      '   14 ms bank-gateway    process payments.charge_requested           █                          4 ms',
      '   18 ms bank-gateway      authorize at alder → approved              ████████████             40 ms',
      '   18 ms bank-gateway        POST → reset                             ███████                  25 ms',
    ]);
  });

  it.each([40, 63, 64, 80, 140, 300])('is no wider than a terminal of %i columns', (width) => {
    const lines = notEmpty(waterfall(tree!, { width, colours: false }));
    expect(lines.filter((line) => line.length > width)).toEqual([]);
    expect(lines.some((line) => line.includes('█'))).toBe(width >= 64);
  });

  it('has colours only when asked for them: one for each service, and red for what failed', () => {
    expect(waterfall(tree!, { width: 100, colours: false }).join('')).not.toContain('\u001B');
    const lines = waterfall(tree!, { width: 100, colours: true });
    expect(lines[0]).toContain('\u001B[34mpayments-api');
    expect(lines[4]).toContain('\u001B[31mbank-gateway');
    const plain = lines.map((line) => stripVTControlCharacters(line));
    expect(plain).toEqual(waterfall(tree!, { width: 100, colours: false }));
  });
});

describe('a charge without recorded spans', () => {
  it('is drawn from its story: each entry lasts from its cause until it was recorded', () => {
    const entry = { tone: 'plain', isEstimate: false, because: [] } as const;
    const story = {
      chargeId: 'ch_1',
      moments: [
        {
          ...entry,
          id: 'opened',
          who: 'merchant',
          text: 'asks for 20.00 usd',
          at: began,
          shownAt: began,
          says: [{ id: 'ch_1.charge_requested', name: 'payments.charge_requested' }],
        },
        {
          ...entry,
          id: 'authorize',
          who: 'bank-gateway',
          text: 'asks alder',
          at: began + 25,
          shownAt: began + 25,
          because: ['ch_1.charge_requested'],
        },
        { ...entry, id: 'undated', who: 'alder', text: 'undoes it', at: null, shownAt: null, because: ['authorize'] },
        {
          ...entry,
          id: 'failed',
          who: 'ledger',
          text: 'refuses',
          tone: 'trouble',
          at: began + 40,
          shownAt: began + 40,
          because: ['authorize', 'opened'],
        },
      ],
    } as unknown as ChargeTimeline;
    expect(spansOfStory(story)).toMatchObject([
      { spanId: 'opened', parentSpanId: null, service: 'merchant', startedAt: began, durationMs: 0, error: null },
      { spanId: 'authorize', parentSpanId: 'opened', startedAt: began, durationMs: 25 },
      { spanId: 'failed', parentSpanId: 'authorize', startedAt: began + 25, durationMs: 15, error: '' },
    ]);
  });
});
