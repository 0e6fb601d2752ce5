import type { Clock } from '#clock';
import { statement, type Sql } from '#postgres';

/** Twice the topics' retention, so that the inbox still has every id that a topic can redeliver. */
export const INBOX_KEPT_MS = 14 * 24 * 60 * 60 * 1_000;

const pagesStatement = statement(
  'inbox_pages',
  `SELECT pg_relation_size('inbox') / current_setting('block_size')::int AS pages`,
);

/** Ids of parked and of discarded events stay: a late copy of one must never count as new. */
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
  /** Pages per transaction. A page has at most a few dozen rows. Default 256. */
  readonly pagesPerBatch?: number;
  /** Default 4. */
  readonly batchesPerRun?: number;
  /** The pause between two passes over the table. Default 1 h. */
  readonly restMs?: number;
}

/** Deletes old ids by scanning pages: an index on `seen_at` would cost a write per event (docs/decisions/0017). */
export class InboxRetention {
  private nextPage = 0;
  private restUntilMs = -Infinity;

  constructor(
    private readonly database: Sql,
    private readonly clock: Clock,
    private readonly options: InboxRetentionOptions = {},
  ) {}

  /** Scans the next pages. @returns how many ids were deleted */
  async run(stopped?: AbortSignal): Promise<number> {
    const { keptMs = INBOX_KEPT_MS, pagesPerBatch = 256, batchesPerRun = 4, restMs = 60 * 60 * 1_000 } = this.options;
    if (this.clock.monotonicMs() < this.restUntilMs) return 0;
    const [size] = await this.database.query<{ pages: number }>(pagesStatement);
    let sum = 0;
    for (let batch = 0; batch < batchesPerRun; batch++) {
      if (stopped?.aborted) break;
      const range = [`(${this.nextPage},0)`, `(${this.nextPage + pagesPerBatch},0)`];
      // Advance before the attempt: unreadable pages must not block the pages behind them.
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
