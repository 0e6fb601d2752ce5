import type { Clock } from '#clock';
import { statement, type Sql } from '#postgres';

/** Twice as long as topics keep events, so that nothing a topic can still deliver has been forgotten. */
export const INBOX_KEPT_MS = 14 * 24 * 60 * 60 * 1_000;

const pagesStatement = statement(
  'inbox_pages',
  `SELECT pg_relation_size('inbox') / current_setting('block_size')::int AS pages`,
);

/** Of an event that is parked, or was discarded, a copy must never count as new, however late. */
export const forgetStatement = statement(
  'inbox_forget',
  `WITH forgotten AS (
     DELETE FROM inbox
     WHERE ctid >= $1::tid AND ctid < $2::tid AND seen_at < clock_timestamp() - $3 * interval '1 ms'
       AND NOT EXISTS (SELECT FROM parked_event WHERE parked_event.id = inbox.id AND parked_event.source = inbox.source)
     RETURNING 1
   )
   SELECT count(*) AS forgotten FROM forgotten`,
);

export interface InboxRetentionOptions {
  /** Default: two weeks. */
  readonly keptMs?: number;
  /** Of one transaction: a few thousand rows at most. Default 256. */
  readonly pagesPerBatch?: number;
  /** Default 4. */
  readonly batchesPerRun?: number;
  /** Between one pass over the table and the next. Default 1 h. */
  readonly restMs?: number;
}

/**
 * Forgets old events by walking the table a few pages at a time. An index on `seen_at` would be written by every
 * event for the sake of this; a page is read once an hour at most (docs/decisions/0017).
 */
export class InboxRetention {
  private nextPage = 0;
  private restUntilMs = -Infinity;

  constructor(
    private readonly database: Sql,
    private readonly clock: Clock,
    private readonly options: InboxRetentionOptions = {},
  ) {}

  /** The next few pages. @returns how many events were forgotten */
  async run(stopped?: AbortSignal): Promise<number> {
    const { keptMs = INBOX_KEPT_MS, pagesPerBatch = 256, batchesPerRun = 4, restMs = 60 * 60 * 1_000 } = this.options;
    if (this.clock.monotonicMs() < this.restUntilMs) return 0;
    const [size] = await this.database.query<{ pages: number }>(pagesStatement);
    let sum = 0;
    for (let batch = 0; batch < batchesPerRun; batch++) {
      if (stopped?.aborted) break;
      const range = [`(${this.nextPage},0)`, `(${this.nextPage + pagesPerBatch},0)`];
      // Before it is tried: pages that cannot be read must not keep those behind them.
      this.nextPage += pagesPerBatch;
      const isLast = this.nextPage >= size!.pages;
      if (isLast) this.nextPage = 0;
      const [row] = await this.database.query<{ forgotten: number }>(forgetStatement, [...range, keptMs]);
      sum += row!.forgotten;
      if (isLast) {
        this.restUntilMs = this.clock.monotonicMs() + restMs;
        break;
      }
    }
    return sum;
  }
}
