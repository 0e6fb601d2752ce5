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

/** A new unsampled trace, whose id still correlates logs and rows. */
export function unsampledTraceparent(): string {
  const id = randomUUID().replaceAll('-', '');
  return `00-${id}-${randomUUID().replaceAll('-', '').slice(0, 16)}-00`;
}
