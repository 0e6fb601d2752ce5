import { statement, type Sql } from '#postgres';
import type { ParkedEvents } from '#saga';
import type { Metrics } from '#telemetry';

const oldestRowStatement = statement(
  'service.oldest_outbox_row',
  `SELECT extract(epoch FROM clock_timestamp() - appended_at)::float8 AS seconds FROM outbox ORDER BY id LIMIT 1`,
);

/** Gauges of the tables of all instances: parked keys, and the oldest outbox row. */
export function measureTables(database: Sql, parked: ParkedEvents, metrics: Metrics): void {
  metrics.gauge(
    {
      name: 'parked_keys',
      help: 'Keys with a parked event. An operator must repair the cause, then replay.',
    },
    async (gauge) => gauge.set(await parked.countOfKeys()),
  );
  metrics.gauge(
    {
      name: 'outbox_oldest_row_seconds',
      help: 'Age of the oldest outbox row, over all instances; 0 when the table is empty.',
    },
    async (gauge) => {
      const [oldest] = await database.query<{ seconds: number }>(oldestRowStatement);
      gauge.set(oldest ? Math.max(0, oldest.seconds) : 0);
    },
  );
}
