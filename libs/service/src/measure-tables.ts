import type { Clock } from '#clock';
import { statement, type Sql } from '#postgres';
import type { ParkedEvents } from '#saga';
import type { Metrics } from '#telemetry';

const MEASURE_EVERY_MS = 5_000;

const oldestRowStatement = statement(
  'service.oldest_outbox_row',
  `SELECT extract(epoch FROM clock_timestamp() - appended_at)::float8 AS seconds FROM outbox ORDER BY id LIMIT 1`,
);

/**
 * What lies in the tables, whoever put it there: asked for now and then rather than at each scrape, which a database
 * that is away must not hold up.
 */
export function measureTables({
  database,
  parked,
  metrics,
  clock,
}: {
  database: Sql;
  parked: ParkedEvents;
  metrics: Metrics;
  clock: Clock;
}): { stop(): void } {
  const keys = metrics.gauge({
    name: 'parked_keys',
    help: 'Keys that stand still behind an event which fails: each needs a person, then a replay.',
  });
  const oldestRow = metrics.gauge({
    name: 'outbox_oldest_row_seconds',
    help: 'Age of the oldest row in the table, whichever instance shall publish it; 0 when there is none.',
  });
  const measure = async (): Promise<void> => {
    keys.set(await parked.countOfKeys());
    const [oldest] = await database.query<{ seconds: number }>(oldestRowStatement);
    oldestRow.set(oldest ? Math.max(0, oldest.seconds) : 0);
  };
  let stopped = false;
  let timer = clock.after(0, again);
  function again(): void {
    // Unmeasured while the database is away, which its own alert tells of.
    void measure()
      .catch(() => undefined)
      .finally(() => {
        if (!stopped) timer = clock.after(MEASURE_EVERY_MS, again);
      });
  }
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}
