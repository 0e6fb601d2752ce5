import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** A finished span. */
export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  /** Null for the span that begins a trace. */
  readonly parentSpanId: string | null;
  readonly service: string;
  readonly instance: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** Milliseconds since the epoch, on its service's clock. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Null unless it failed. */
  readonly error: string | null;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

const kinds = {
  [SpanKind.INTERNAL]: 'internal',
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
} as const;

export function spanRecord(span: ReadableSpan): SpanRecord {
  const { traceId, spanId } = span.spanContext();
  const { attributes: resource } = span.resource;
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? null,
    service: String(resource['service.name']),
    instance: String(resource['service.instance.id']),
    name: span.name,
    kind: kinds[span.kind],
    startedAt: milliseconds(span.startTime),
    durationMs: milliseconds(span.duration),
    error: span.status.code === SpanStatusCode.ERROR ? (span.status.message ?? '') : null,
    attributes: span.attributes as SpanRecord['attributes'],
  };
}

/** To a microsecond: a double has no room for more beside the milliseconds since the epoch. */
const milliseconds = ([seconds, nanoseconds]: ReadableSpan['startTime']): number =>
  Math.round(seconds * 1e6 + nanoseconds / 1e3) / 1e3;
