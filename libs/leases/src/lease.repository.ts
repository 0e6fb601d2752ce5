import { DatabaseError, statement, type Sql, type Statement } from '#postgres';

export interface LeaseGrant {
  name: string;
  epoch: number;
}

export interface LeaseRow extends LeaseGrant {
  readonly holder: string;
  readonly expiresInSeconds: number;
}

export interface LeaseRound {
  holder: string;
  ttlMs: number;
  /** Leases to renew, with their epochs. */
  held: LeaseGrant[];
  /** Names to take if they are free. */
  wanted: string[];
  /** Shard groups in which this holder contends. */
  groups: string[];
}

export interface RoundAnswer {
  /** Leases held now, renewed and taken. A lease of `held` that is missing here is lost. */
  granted: LeaseGrant[];
  /** The live contenders of each group, including this one. */
  contenders: Map<string, string[]>;
}

export const releasedChannel = 'lease_released';

/**
 * Renews and takes leases in one round trip, on database time. Live leases of others are not locked, so a contender
 * never waits for a leader's transaction.
 */
const round = statement(
  'leases.round',
  `WITH renewed AS (
     UPDATE lease SET expires_at = clock_timestamp() + $2 * interval '1 ms'
     FROM unnest($3::text[], $4::int8[]) AS held (name, epoch)
     WHERE lease.name = held.name AND lease.epoch = held.epoch AND lease.holder = $1
     RETURNING lease.name, lease.epoch
   ), taken AS (
     INSERT INTO lease (name, holder, epoch, expires_at)
     SELECT wanted.name, $1, 1, clock_timestamp() + $2 * interval '1 ms'
     FROM unnest($5::text[]) AS wanted (name)
     WHERE NOT EXISTS (
       SELECT FROM lease AS other
       WHERE other.name = wanted.name AND other.holder <> $1 AND other.expires_at > clock_timestamp()
     )
     ORDER BY wanted.name
     ON CONFLICT (name) DO UPDATE
       SET holder = excluded.holder, epoch = lease.epoch + 1, expires_at = clock_timestamp() + $2 * interval '1 ms'
       WHERE lease.holder = excluded.holder OR lease.expires_at <= clock_timestamp()
     RETURNING name, epoch
   ), present AS (
     INSERT INTO lease_contender (shards, holder, expires_at)
     SELECT shards, $1, clock_timestamp() + $2 * interval '1 ms' FROM unnest($6::text[]) AS mine (shards)
     ON CONFLICT (shards, holder) DO UPDATE SET expires_at = excluded.expires_at
     RETURNING shards, holder
   )
   SELECT name, epoch, NULL AS shards, NULL AS holder FROM renewed
   UNION ALL SELECT name, epoch, NULL, NULL FROM taken
   UNION ALL SELECT NULL, NULL, shards, holder FROM present
   UNION ALL SELECT NULL, NULL, shards, holder FROM lease_contender
     WHERE shards = ANY ($6) AND holder <> $1 AND expires_at > clock_timestamp()`,
);

/** Keeps the rows, so that epochs keep rising. One empty NOTIFY wakes the contenders. */
const release = statement(
  'leases.release',
  `WITH released AS (
     UPDATE lease SET expires_at = clock_timestamp()
     FROM unnest($2::text[], $3::int8[]) AS held (name, epoch)
     WHERE lease.name = held.name AND lease.epoch = held.epoch AND lease.holder = $1
     RETURNING lease.name
   ), left_groups AS (
     DELETE FROM lease_contender
     WHERE holder = $1 AND shards = ANY ($4)
     RETURNING shards
   )
   SELECT pg_notify('${releasedChannel}', '')
   WHERE EXISTS (SELECT FROM released) OR EXISTS (SELECT FROM left_groups)`,
);

/** Deletes rows of crashed processes. A process that leaves in order deletes its own. */
const forgetContenders = statement(
  'leases.forget_contenders',
  `DELETE FROM lease_contender WHERE expires_at < clock_timestamp() - interval '1 hour'`,
);

const all = statement(
  'leases.all',
  `SELECT name, holder, epoch, extract(epoch FROM expires_at - clock_timestamp())::float8 AS "expiresInSeconds"
   FROM lease ORDER BY name`,
);

/** Lease rows stay, one per name, so that epochs keep rising. */
export async function forgetLostContenders(sql: Sql): Promise<void> {
  await sql.query(forgetContenders);
}

const isFirstRowOfAnother = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === '23505' && error.constraint === 'lease_name_epoch_key';

type Row = { name: string; epoch: number; shards: null } | { name: null; shards: string; holder: string };

export class LeaseRepository {
  constructor(private readonly sql: Sql) {}

  /**
   * ON CONFLICT covers the primary key only: of two concurrent first inserts of a name one may violate the second unique
   * constraint. Retry, since the row exists then.
   */
  async #retryingFirstInsert<Found extends object>(sql: Statement, values: readonly unknown[]): Promise<Found[]> {
    try {
      return await this.sql.query<Found>(sql, values);
    } catch (error) {
      if (!isFirstRowOfAnother(error)) throw error;
      return this.#retryingFirstInsert<Found>(sql, values);
    }
  }

  async round({ holder, ttlMs, held, wanted, groups }: LeaseRound): Promise<RoundAnswer> {
    const rows = await this.#retryingFirstInsert<Row>(round, [
      holder,
      ttlMs,
      held.map(({ name }) => name),
      held.map(({ epoch }) => epoch),
      wanted,
      groups,
    ]);
    const answer: RoundAnswer = { granted: [], contenders: new Map(groups.map((group) => [group, []])) };
    for (const row of rows) {
      if (row.name === null) answer.contenders.get(row.shards)!.push(row.holder);
      else answer.granted.push({ name: row.name, epoch: row.epoch });
    }
    return answer;
  }

  /** Every name that was ever taken; of a lease that has expired or was released the time is not positive. */
  all(): Promise<LeaseRow[]> {
    return this.sql.query<LeaseRow>(all);
  }

  async release(holder: string, held: LeaseGrant[], groups: string[]): Promise<void> {
    await this.sql.query(release, [holder, held.map(({ name }) => name), held.map(({ epoch }) => epoch), groups]);
  }
}
