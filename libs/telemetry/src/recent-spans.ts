import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { CHARGE_ID } from './span-attributes.js';
import { spanRecord, type SpanRecord } from './span-record.js';

/** About 2,000 charges: one has five to seven spans in a service. */
const RECENT_SPANS_MAX = 12_000;

/** The last finished spans of this process, in memory. */
export class RecentSpans implements SpanProcessor {
  readonly #spans: SpanRecord[] = [];
  /** Where the next span goes: the place of the oldest, once the list is full. */
  #next = 0;

  constructor(private readonly max = RECENT_SPANS_MAX) {}

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    this.#spans[this.#next] = spanRecord(span);
    this.#next = (this.#next + 1) % this.max;
  }

  /** The spans of a charge, by their start. */
  ofCharge(chargeId: string): SpanRecord[] {
    return this.#spans
      .filter(({ attributes }) => attributes[CHARGE_ID] === chargeId)
      .toSorted((a, b) => a.startedAt - b.startedAt);
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}
