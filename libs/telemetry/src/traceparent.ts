import { randomUUID } from 'node:crypto';
import { TraceFlags, isSpanContextValid, type SpanContext } from '@opentelemetry/api';

/** W3C Trace Context, version 00: `00-<trace id>-<span id>-<flags>`. */
const shape = /^00-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})$/;

export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`;
}

/** @returns undefined for anything that is not a valid traceparent, the all-zero ids included */
export function parseTraceparent(text: string): SpanContext | undefined {
  const parts = shape.exec(text)?.groups;
  if (!parts) return undefined;
  const context = {
    traceId: parts['traceId']!,
    spanId: parts['spanId']!,
    traceFlags: Number.parseInt(parts['flags']!, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
  return isSpanContextValid(context) ? context : undefined;
}

export function traceIdOf(traceparent: string): string | undefined {
  return parseTraceparent(traceparent)?.traceId;
}

/** The ids without the sampled flag, or those of a new trace: they still correlate logs and rows. */
export function unsampledTraceparent(traceparent?: SpanContext): string {
  const { traceId = hex(32), spanId = hex(16) } = traceparent ?? {};
  return `00-${traceId}-${spanId}-00`;
}

/** The same trace with a new span id, for a request that leaves the system: the other side can tell requests apart. */
export function nextTraceparent(context: SpanContext | undefined): string {
  return formatTraceparent({ traceId: hex(32), traceFlags: TraceFlags.NONE, ...context, spanId: hex(16) });
}

const hex = (digits: number): string => randomUUID().replaceAll('-', '').slice(0, digits);
