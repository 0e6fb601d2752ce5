import { appendFile } from 'node:fs/promises';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { redact } from './redact.js';

type HrTime = ReadableSpan['startTime'];
type Done = Parameters<SpanExporter['export']>[1];

// OpenTelemetry's ExportResultCode; its enum lives in a package that nothing else here needs.
const exported = { code: 0 } as Parameters<Done>[0];
const failed = (error: Error): Parameters<Done>[0] => ({ code: 1, error }) as Parameters<Done>[0];

/** Finished spans as JSON lines, for a trace to be read where no collector runs. Several processes may share the file. */
export class SpanFile implements SpanExporter {
  /** One write at a time, so that lines of two batches do not mix. */
  private written: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  export(spans: ReadableSpan[], done: Done): void {
    const lines = spans.map((span) => `${redact(JSON.stringify(asLine(span)))}\n`).join('');
    this.written = this.written.then(async () => {
      const error = await appendFile(this.path, lines).catch((error: Error) => error);
      done(error ? failed(error) : exported);
    });
  }

  async forceFlush(): Promise<void> {
    await this.written;
  }

  shutdown(): Promise<void> {
    return this.forceFlush();
  }
}

function asLine(span: ReadableSpan): object {
  const { traceId, spanId } = span.spanContext();
  return {
    trace_id: traceId,
    span_id: spanId,
    parent_span_id: span.parentSpanContext?.spanId,
    service: span.resource.attributes['service.name'],
    instance: span.resource.attributes['service.instance.id'],
    name: span.name,
    kind: SpanKind[span.kind].toLowerCase(),
    start: new Date(milliseconds(span.startTime)).toISOString(),
    duration_ms: milliseconds(span.duration),
    ...(span.status.code === SpanStatusCode.ERROR && { error: span.status.message ?? '' }),
    attributes: span.attributes,
  };
}

const milliseconds = ([seconds, nanoseconds]: HrTime): number => seconds * 1_000 + nanoseconds / 1e6;
