import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
  type Attributes,
  type Span as OtelSpan,
  type SpanContext,
} from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '#clock';
import { RateLimit } from './rate-limit.js';
import { RecentSpans } from './recent-spans.js';
import { redact } from './redact.js';
import { SpanFile } from './span-file.js';
import type { SpanRecord } from './span-record.js';
import { formatTraceparent, nextTraceparent, parseTraceparent, unsampledTraceparent } from './traceparent.js';

/** `memory`: recorded, and kept for a while in the process alone, as with `file` and `otlp` too. */
export type TraceExport = 'none' | 'memory' | 'file' | 'otlp';

export interface TracingOptions {
  service: string;
  instance: string;
  clock: Pick<Clock, 'now' | 'monotonicMs'>;
  /** Default none. */
  export?: TraceExport;
  /** With `file`: the file to which finished spans are appended, one JSON object per line. */
  file?: string | undefined;
  /** With `otlp`: the collector. OpenTelemetry's default is http://localhost:4318/v1/traces. */
  otlpUrl?: string | undefined;
  /** Traces that this process begins in a second; further ones are not recorded. Default 50. */
  tracesPerSecond?: number;
  /** Finished spans that are kept in memory. Default 12,000. */
  recentSpans?: number;
}

export interface Span {
  /** The trace context for work under this span. */
  readonly traceparent: string;
  set(attributes: Attributes): void;
  /** Marks it as failed. It must still be ended. */
  fail(error: Error): void;
  end(): void;
}

/** A span that is known only when it is over. */
export interface PastSpan {
  /** Milliseconds of the monotonic clock. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly error?: string | undefined;
}

export interface SpanOptions {
  /** A traceparent. If it is missing or invalid, a new trace begins. */
  parent?: string | undefined;
  attributes?: Attributes;
  kind?: SpanKind;
}

const TRACER = 'holdfast';

/** A larger change of the wall clock beside the monotonic one is a step or drift, and no rounding. */
const WALL_CLOCK_STEP_MS = 2;

/**
 * Manual spans. A request from outside (kind SERVER) begins a trace, and whether it is recorded is decided there; all
 * work below follows its flag. What is not recorded is only a traceparent, which correlates logs and rows.
 */
export class Tracing {
  private readonly provider: BasicTracerProvider | undefined;
  private readonly recent: RecentSpans;
  private readonly limit: RateLimit;
  private epochOffsetMs = -Infinity;

  constructor(private readonly options: TracingOptions) {
    const exporter = exporterFor(options);
    this.recent = new RecentSpans(options.recentSpans);
    this.limit = new RateLimit(options.tracesPerSecond ?? 50, options.clock);
    if ((options.export ?? 'none') === 'none') return;
    this.provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': options.service, 'service.instance.id': options.instance }),
      spanProcessors: [this.recent, ...(exporter ? [new BatchSpanProcessor(exporter)] : [])],
    });
  }

  /** Whether spans below this one are recorded; hot paths may then skip building attributes. */
  isRecorded(traceparent: string | undefined): boolean {
    return this.provider !== undefined && traceparent !== undefined && isSampled(parseTraceparent(traceparent));
  }

  startSpan(name: string, { parent, attributes = {}, kind = SpanKind.INTERNAL }: SpanOptions = {}): Span {
    const { clock } = this.options;
    const context = parent === undefined ? undefined : parseTraceparent(parent);
    if (!this.provider || !this.records(context, kind)) return new PassedOn(this.passedOn(context, kind));
    const startedAtMs = clock.monotonicMs();
    const startTime = this.epochOf(startedAtMs);
    const span = this.open(this.provider, name, context, { attributes: redacted(attributes), kind, startTime });
    return new Recorded(span, () => startTime + (clock.monotonicMs() - startedAtMs));
  }

  /** Records a span that is over. Does nothing below a parent that is not recorded. */
  recordSpan(name: string, { parent, attributes = {}, kind = SpanKind.INTERNAL }: SpanOptions, past: PastSpan): void {
    const context = parent === undefined ? undefined : parseTraceparent(parent);
    if (!this.provider || !isSampled(context)) return;
    const startTime = this.epochOf(past.startedAtMs);
    const span = this.open(this.provider, name, context, { attributes: redacted(attributes), kind, startTime });
    if (past.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: redact(past.error) });
    span.end(startTime + past.durationMs);
  }

  /** The recorded spans of a charge that this process still has, by their start. */
  spansOf(chargeId: string): SpanRecord[] {
    return this.recent.ofCharge(chargeId);
  }

  /** Sends all recorded spans. */
  async flush(): Promise<void> {
    await this.provider?.forceFlush();
  }

  async close(): Promise<void> {
    await this.provider?.shutdown();
  }

  /** One offset for all spans, or the milliseconds of the wall clock would put causes behind their effects. */
  private epochOf(monotonicMs: number): number {
    const { clock } = this.options;
    const offsetMs = clock.now() - clock.monotonicMs();
    if (Math.abs(offsetMs - this.epochOffsetMs) > WALL_CLOCK_STEP_MS) this.epochOffsetMs = offsetMs;
    return monotonicMs + this.epochOffsetMs;
  }

  /** The caller of a request may ask for a trace, but not for more of them than the limit. */
  private records(context: SpanContext | undefined, kind: SpanKind): boolean {
    if (kind !== SpanKind.SERVER) return isSampled(context);
    return (context === undefined || isSampled(context)) && this.limit.take();
  }

  private passedOn(context: SpanContext | undefined, kind: SpanKind): string {
    if (kind === SpanKind.CLIENT) return nextTraceparent(context);
    if (!context) return unsampledTraceparent();
    return this.provider && kind === SpanKind.SERVER ? unsampledTraceparent(context) : formatTraceparent(context);
  }

  private open(
    provider: BasicTracerProvider,
    name: string,
    parent: SpanContext | undefined,
    options: { attributes: Attributes; kind: SpanKind; startTime: number },
  ): OtelSpan {
    const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
    return provider.getTracer(TRACER).startSpan(name, options, context);
  }
}

const isSampled = (context: SpanContext | undefined): boolean =>
  context !== undefined && (context.traceFlags & TraceFlags.SAMPLED) !== 0;

class PassedOn implements Span {
  constructor(readonly traceparent: string) {}
  set(): void {}
  fail(): void {}
  end(): void {}
}

class Recorded implements Span {
  readonly traceparent: string;

  constructor(
    private readonly span: OtelSpan,
    private readonly now: () => number,
  ) {
    this.traceparent = formatTraceparent(span.spanContext());
  }

  set(attributes: Attributes): void {
    this.span.setAttributes(redacted(attributes));
  }

  fail(error: Error): void {
    this.span.setStatus({ code: SpanStatusCode.ERROR, message: redact(error.message) });
  }

  end(): void {
    this.span.end(this.now());
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
    case 'memory':
      return undefined;
    case 'file':
      if (!options.file) throw new Error('traces are exported to a file, but none is named (TRACE_FILE)');
      return new SpanFile(options.file);
    case 'otlp':
      return new OTLPTraceExporter(options.otlpUrl ? { url: options.otlpUrl } : {});
  }
}
