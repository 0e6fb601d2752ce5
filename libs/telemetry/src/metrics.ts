import type { Clock } from '#clock';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** From 1 ms to 10 s. */
export const durationBucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** 1 to 1024, for the sizes of batches. */
export const sizeBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** The time-out of one gauge at a scrape: a database that is away must not hide other metrics. */
const COLLECT_LIMIT_MS = 1_000;

/** prom-client's own gauges that end in `_total`, which is for counters. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** `nodejs_eventloop_lag_*` come of a timer, which wakes an idle process: by default 100 times a second. */
const LAG_SAMPLED_EVERY_MS = 500;

interface Named<Label extends string> {
  /** Without a prefix, with the unit last: `outbox_oldest_pending_seconds`. */
  name: string;
  help: string;
  labels?: readonly Label[];
}

export interface MetricRegistration {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

/** The metrics of one process, in a separate prom-client registry, with Node's default metrics. */
export class Metrics {
  private readonly registry = new Registry();

  constructor(private readonly clock: Clock) {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: LAG_SAMPLED_EVERY_MS });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
  }

  counter<Label extends string = never>({ name, help, labels = [] }: Named<Label>): Counter<Label> {
    return new Counter({ name, help, labelNames: labels, registers: [this.registry] });
  }

  /** `collect` runs at every scrape. If it fails or takes longer than 1 s, the gauge keeps its last value. */
  gauge<Label extends string = never>(
    { name, help, labels = [] }: Named<Label>,
    collect?: (gauge: Gauge<Label>) => void | Promise<void>,
  ): Gauge<Label> {
    const gauge: Gauge<Label> = new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [this.registry],
      ...(collect && { collect: this.withinLimit(() => collect(gauge)) }),
    });
    return gauge;
  }

  histogram<Label extends string = never>({
    name,
    help,
    labels = [],
    buckets = durationBucketsSeconds,
  }: Named<Label> & { buckets?: number[] }): Histogram<Label> {
    return new Histogram({ name, help, labelNames: labels, buckets, registers: [this.registry] });
  }

  /** Every metric as it was registered. */
  registered(): MetricRegistration[] {
    const all = this.registry.getMetricsAsArray() as unknown as (MetricRegistration & { labelNames: string[] })[];
    return all.map(({ name, type, help, labelNames }) => ({
      name,
      type,
      help,
      // prom-client adds it to the labels of a histogram.
      labels: labelNames.filter((label) => label !== 'le'),
    }));
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** Skips a gauge while its last query is still running: a hanging database would take every connection. */
  private withinLimit(collect: () => void | Promise<void>): () => Promise<void> {
    let collecting: Promise<void> | undefined;
    return async () => {
      const over = new AbortController();
      collecting ??= Promise.resolve()
        .then(collect)
        .catch(() => undefined)
        .finally(() => (collecting = undefined));
      const limit = this.clock.sleep(COLLECT_LIMIT_MS, over.signal).catch(() => undefined);
      await Promise.race([collecting, limit]);
      over.abort();
    };
  }
}
