import type { views } from '#contracts';

/** A span with the spans that it caused, by their start. */
export interface SpanNode {
  readonly span: views.SpanView;
  readonly children: readonly SpanNode[];
}

/** All spans of one request of the merchant. */
export interface TraceTree {
  readonly traceId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** From the first start to the last end. */
  readonly durationMs: number;
  /** One, unless spans between are missing. */
  readonly roots: readonly SpanNode[];
}

/** A line of a waterfall. */
export interface SpanRow {
  readonly span: views.SpanView;
  readonly depth: number;
  /** Its cause is not among the spans, and it is no request from outside. */
  readonly orphaned: boolean;
}

/** One tree for each trace, the earliest first. */
export function traceTrees(spans: readonly views.SpanView[]): TraceTree[] {
  return [...Map.groupBy(byStart(spans), ({ traceId }) => traceId)].map(([traceId, ofTrace]) => {
    const startedAt = Math.min(...ofTrace.map((span) => span.startedAt));
    const endedAt = Math.max(...ofTrace.map((span) => span.startedAt + span.durationMs));
    return { traceId, startedAt, durationMs: endedAt - startedAt, roots: rootsOf(ofTrace) };
  });
}

/** Depth-first, so that each span stands below its cause. */
export function rowsOf({ roots }: TraceTree): SpanRow[] {
  const below = ({ span, children }: SpanNode, depth: number): SpanRow[] => [
    { span, depth, orphaned: depth === 0 && span.parentSpanId !== null && span.kind !== 'server' },
    ...children.flatMap((child) => below(child, depth + 1)),
  ];
  return roots.flatMap((root) => below(root, 0));
}

function rootsOf(spans: readonly views.SpanView[]): SpanNode[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const byParent = Map.groupBy(spans, ({ parentSpanId }) => parentSpanId ?? '');
  const placed = new Set<string>();
  const nodeOf = (span: views.SpanView): SpanNode => {
    placed.add(span.spanId);
    const children = (byParent.get(span.spanId) ?? []).filter(({ spanId }) => !placed.has(spanId));
    return { span, children: children.map(nodeOf) };
  };
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === null || !ids.has(parentSpanId)).map(nodeOf);
  // A circle has no root: no service makes one, but what others send is shown all the same.
  return [...roots, ...spans.flatMap((span) => (placed.has(span.spanId) ? [] : [nodeOf(span)]))];
}

const byStart = (spans: readonly views.SpanView[]): views.SpanView[] =>
  spans.toSorted((a, b) => a.startedAt - b.startedAt || b.durationMs - a.durationMs);
