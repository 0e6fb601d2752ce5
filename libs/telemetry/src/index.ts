export * from './log.js';
export * from './metrics.js';
export * from './redact.js';
export { parseTraceparent, traceIdOf } from './traceparent.js';
export { CHARGE_ID } from './span-attributes.js';
export type { SpanRecord } from './span-record.js';
export { Tracing, type Span, type SpanOptions, type TraceExport, type TracingOptions } from './tracing.js';
export { SpanKind } from '@opentelemetry/api';
