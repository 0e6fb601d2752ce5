/**
 * For a service's first migration. The second unique constraint is what makes a takeover, which changes
 * the epoch, conflict with a fence's key-share lock, while a renewal does not.
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
