import { statement, type PgTransaction, type Sql, type UnitOfWork } from '#postgres';

const acquire = statement(
  'patterns.naive_acquire',
  `UPDATE leader SET holder = $1, expires_at = clock_timestamp() + interval '10 s'
   WHERE holder = $1 OR expires_at < clock_timestamp() RETURNING holder`,
);

/** One row holds the leader and the expiry of its lease. */
export class NaiveLeader {
  constructor(
    private readonly database: Sql & UnitOfWork<PgTransaction>,
    private readonly holder: string,
  ) {}

  async lead(
    job: (write: (work: (tx: PgTransaction) => Promise<void>) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const leads = (await this.database.query(acquire, [this.holder])).length > 0;
    if (leads) await job((work) => this.database.transaction(work));
  }
}
