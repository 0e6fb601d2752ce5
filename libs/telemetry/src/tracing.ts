import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span as OtelSpan,
} from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import { redact } from './redact.js';
import { SpanFile } from './span-file.js';
import { formatTraceparent, parseTraceparent, unsampledTraceparent } from './traceparent.js';

export type TraceExport = 'none' | 'file' | 'otlp';

export interface TracingOptions {
  service: string;
  instance: string;
  /** Default none. */
  export?: TraceExport;
  /** With `file`: the file to which finished spans are appended, one JSON object per line. */
  file?: string | undefined;
  /** With `otlp`: the collector. OpenTelemetry's default is http://localhost:4318/v1/traces. */
  otlpUrl?: string | undefined;
  /** The sampled fraction of new traces, 0 to 1. Default 1. Other traces keep their flag. */
  sample?: number;
}

export interface Span {
  /** The trace context for work under this span. */
  readonly traceparent: string;
  set(attributes: Attributes): void;
  /** Marks it as failed. It must still be ended. */
  fail(error: Error): void;
  end(): void;
}

export interface SpanOptions {
  /** A traceparent. If it is missing or invalid, a new trace begins. */
  parent?: string | undefined;
  attributes?: Attributes;
  kind?: SpanKind;
}

/** Manual spans. Without an exporter a span is only a traceparent, the parent's or a new one, which correlates logs and rows. */
export class Tracing {
  private readonly provider: BasicTracerProvider | undefined;

  constructor(options: TracingOptions) {
    const exporter = exporterFor(options);
    this.provider =
      exporter &&
      new BasicTracerProvider({
        resource: resourceFromAttributes({
          'service.name': options.service,
          'service.instance.id': options.instance,
        }),
        sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.sample ?? 1) }),
        spanProcessors: [new BatchSpanProcessor(exporter)],
      });
  }

  /** False without an exporter; hot paths may then skip building attributes. */
  get recording(): boolean {
    return this.provider !== undefined;
  }

  startSpan(name: string, { parent, attributes = {}, kind = SpanKind.INTERNAL }: SpanOptions = {}): Span {
    const remote = parent === undefined ? undefined : parseTraceparent(parent);
    if (!this.provider) return new PassedOn(remote ? parent! : unsampledTraceparent());
    const context = remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
    const options = { attributes: redacted(attributes), kind };
    return new Recorded(this.provider.getTracer('holdfast').startSpan(name, options, context));
  }

  /** Sends all recorded spans. */
  async flush(): Promise<void> {
    await this.provider?.forceFlush();
  }

  async close(): Promise<void> {
    await this.provider?.shutdown();
  }
}

class PassedOn implements Span {
  constructor(readonly traceparent: string) {}
  set(): void {}
  fail(): void {}
  end(): void {}
}

class Recorded implements Span {
  readonly traceparent: string;

  constructor(private readonly span: OtelSpan) {
    this.traceparent = formatTraceparent(span.spanContext());
  }

  set(attributes: Attributes): void {
    this.span.setAttributes(redacted(attributes));
  }

  fail(error: Error): void {
    this.span.setStatus({ code: SpanStatusCode.ERROR, message: redact(error.message) });
  }

  end(): void {
    this.span.end();
  }
}

/** Redacts attributes for every exporter. */
function redacted(attributes: Attributes): Attributes {
  const clean = (value: Attributes[string]) => (typeof value === 'string' ? redact(value) : value);
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, clean(value)]));
}

function exporterFor(options: TracingOptions): SpanExporter | undefined {
  switch (options.export ?? 'none') {
    case 'none':
      return undefined;
    case 'file':
      if (!options.file) throw new Error('traces are exported to a file, but none is named (TRACE_FILE)');
      return new SpanFile(options.file);
    case 'otlp':
      return new OTLPTraceExporter(options.otlpUrl ? { url: options.otlpUrl } : {});
  }
}
