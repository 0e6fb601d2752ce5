import { statement, type Sql } from '#postgres';
import type { ParkedEvents } from '#saga';
import type { Metrics } from '#telemetry';

const oldestRowStatement = statement(
  'service.oldest_outbox_row',
  `SELECT extract(epoch FROM clock_timestamp() - appended_at)::float8 AS seconds FROM outbox ORDER BY id LIMIT 1`,
);

/** What lies in the tables, whoever put it there. */
export function measureTables(database: Sql, parked: ParkedEvents, metrics: Metrics): void {
  metrics.gauge(
    {
      name: 'parked_keys',
      help: 'Keys that stand still behind an event which fails: each needs a person, then a replay.',
    },
    async (gauge) => gauge.set(await parked.countOfKeys()),
  );
  metrics.gauge(
    {
      name: 'outbox_oldest_row_seconds',
      help: 'Age of the oldest row in the table, whichever instance shall publish it; 0 when there is none.',
    },
    async (gauge) => {
      const [oldest] = await database.query<{ seconds: number }>(oldestRowStatement);
      gauge.set(oldest ? Math.max(0, oldest.seconds) : 0);
    },
  );
}
