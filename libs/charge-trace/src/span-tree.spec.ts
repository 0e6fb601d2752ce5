import { expect, it } from '@jest/globals';
import type { views } from '#contracts';
import { rowsOf, traceTrees } from './span-tree.js';

function span(spanId: string, parentSpanId: string | null, startedAt: number, durationMs: number): views.SpanView {
  return {
    traceId: 't1',
    spanId,
    parentSpanId,
    service: 'ledger',
    instance: 'ledger',
    name: spanId,
    kind: parentSpanId === null ? 'server' : 'internal',
    startedAt,
    durationMs,
    error: null,
    attributes: {},
  };
}

const shown = (spans: readonly views.SpanView[]): string[][] =>
  traceTrees(spans).map((tree) =>
    rowsOf(tree).map(({ span: { name }, depth, orphaned }) => `${'-'.repeat(depth)}${name}${orphaned ? ' ?' : ''}`),
  );

it('a charge’s spans are one tree for each of its requests, causes first', () => {
  const spans = [
    { ...span('refund', null, 900, 50), traceId: 't2' },
    span('capture', 'process 2', 40, 5),
    span('process 2', 'process 1', 30, 20),
    span('request', null, 0, 60),
    span('send', 'request', 2, 3),
    span('process 1', 'request', 6, 4),
  ];
  expect(shown(spans)).toEqual([['request', '-send', '-process 1', '--process 2', '---capture'], ['refund']]);
  expect(traceTrees(spans)).toMatchObject([
    { traceId: 't1', startedAt: 0, durationMs: 60 },
    { traceId: 't2', startedAt: 900, durationMs: 50 },
  ]);
});

it('a span whose cause is missing is a root of its trace', () => {
  const spans = [span('request', null, 0, 60), span('process 2', 'gone', 30, 20), span('capture', 'process 2', 40, 5)];
  expect(shown(spans)).toEqual([['request', 'process 2 ?', '-capture']]);
});

it('a request under a caller’s own span is no orphan', () => {
  expect(shown([{ ...span('request', 'of the caller', 0, 60), kind: 'server' }])).toEqual([['request']]);
});

it('spans that name each other as causes end in no circle', () => {
  expect(shown([span('a', 'b', 0, 1), span('b', 'a', 1, 1)])).toEqual([['a ?', '-b']]);
});
