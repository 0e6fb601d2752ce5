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
  /** With `file`: where finished spans are appended, one JSON object a line. */
  file?: string | undefined;
  /** With `otlp`: the collector; default as OpenTelemetry says, http://localhost:4318/v1/traces. */
  otlpUrl?: string | undefined;
  /** Share of the traces begun here that is recorded, 0 to 1. Default 1. A trace begun elsewhere keeps its choice. */
  sample?: number;
}

export interface Span {
  /** What the work under this span hands on. */
  readonly traceparent: string;
  set(attributes: Attributes): void;
  /** Marks it as failed; it must still be ended. */
  fail(error: Error): void;
  end(): void;
}

export interface SpanOptions {
  /** A traceparent. Without one, or with one that does not parse, a trace begins here. */
  parent?: string | undefined;
  attributes?: Attributes;
  kind?: SpanKind;
}

/**
 * Spans, begun by hand. Where nothing is exported a span is a string: the parent's traceparent passed on
 * unchanged, or a new one, so that one trace id still runs through every log line and row of a charge.
 */
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

  /** False when spans go nowhere; hot paths may then skip building attributes. */
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

  /** Sends what has been recorded so far. */
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

/** Wherever spans are sent. */
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
