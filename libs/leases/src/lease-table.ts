/**
 * In each service's first migration. `epoch` is in a unique key, so that a takeover, which changes it, conflicts with
 * the fence's FOR KEY SHARE lock; a renewal does not (PostgreSQL manual, 13.3.2 Row-Level Locks).
 */
export const leaseTableSql = `
  CREATE TABLE lease (
    name text PRIMARY KEY,
    holder text NOT NULL,
    epoch int8 NOT NULL,
    expires_at timestamptz NOT NULL,
    UNIQUE (name, epoch)
  ) WITH (fillfactor = 50);
  CREATE TABLE lease_contender (
    shards text NOT NULL,
    holder text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (shards, holder)
  ) WITH (fillfactor = 50);
`;
