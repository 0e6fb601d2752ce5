import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';

type Row = Record<string, unknown>;

/** One connection to the database under test. A failed statement rejects with `{ code }`, its SQLSTATE. */
export interface ContractConnection {
  query(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** @returns the command tag: `COMMIT`, or `ROLLBACK` for a failed transaction */
  commit(): Promise<string>;
  /** Whether its statement waits for a lock, as the server reports it. */
  waits(): Promise<boolean>;
}

export interface ContractDatabase {
  connect(): Promise<ContractConnection>;
  listen(channel: string, onNotify: () => void): Promise<void>;
  close(): Promise<void>;
}

const tables = `
  CREATE TABLE charge (id text COLLATE "C" PRIMARY KEY, state text NOT NULL, amount int8 CHECK (amount > 0));
  CREATE TABLE operation (
    charge text COLLATE "C" NOT NULL REFERENCES charge, kind text NOT NULL, phase text NOT NULL DEFAULT 'open',
    PRIMARY KEY (charge, kind)
  );
  CREATE UNIQUE INDEX operation_one_live ON operation (charge) WHERE phase <> 'ended';
  CREATE TABLE lease (name text PRIMARY KEY, holder text NOT NULL, epoch int8 NOT NULL, UNIQUE (name, epoch));
  CREATE TABLE said (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL, at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE transfer (charge text NOT NULL);
  CREATE TABLE rule (
    one int4 CHECK (one > 0), two int4, name text UNIQUE, UNIQUE (one, two), CHECK (one < two), CHECK (one < 20)
  );
  CREATE FUNCTION refuse_a_third() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    names text[];
    excess int8;
  BEGIN
    SELECT array_agg(name) INTO names FROM written WHERE name LIKE 'watched%';
    IF names IS NULL THEN
      RETURN NULL;
    END IF;
    PERFORM FROM rule WHERE name = ANY (names) FOR UPDATE;
    SELECT watched.count INTO excess FROM (SELECT count(*) AS count FROM rule WHERE name LIKE 'watched%') AS watched
    WHERE watched.count > 2;
    IF FOUND THEN
      RAISE EXCEPTION '% are watched', excess USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER at_most_two AFTER INSERT ON rule
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION refuse_a_third();
  CREATE FUNCTION refuse_strangers() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    stranger record;
  BEGIN
    SELECT charge INTO stranger FROM written WHERE NOT EXISTS (SELECT FROM charge WHERE id = written.charge) LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'the charge % does not exist', stranger.charge USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER no_strangers AFTER INSERT ON transfer
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION refuse_strangers();
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'transfers are immutable' USING ERRCODE = 'check_violation';
  END $$;
  CREATE TRIGGER transfers_stay BEFORE UPDATE OR DELETE ON transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse();
  INSERT INTO charge (id, state, amount) VALUES ('a', 'requested', 10), ('b', 'requested', 20), ('c', 'requested', 30);
  INSERT INTO operation (charge, kind) VALUES ('a', 'authorize');
  INSERT INTO lease VALUES ('relay', 'one', 1);
`;

/** The behaviour of Postgres that the services rely on. The same tests run against a real Postgres and the one in memory. */
export function sqlContract(open: (ddl: string) => Promise<ContractDatabase>): void {
  let database: ContractDatabase;
  let mine: ContractConnection;
  let theirs: ContractConnection;

  beforeEach(async () => {
    database = await open(tables);
    mine = await database.connect();
    theirs = await database.connect();
  });
  afterEach(() => database.close());

  const statesOf = async (connection: ContractConnection): Promise<unknown[]> =>
    (await connection.query('SELECT state FROM charge ORDER BY id')).map(({ state }) => state);

  /** Polls until the statement is answered (false) or the server reports that it waits for a lock (true). */
  const isWaiting = async (promise: Promise<unknown>, connection = theirs): Promise<boolean> => {
    let answered = false;
    void promise.catch(() => undefined).finally(() => (answered = true));
    return eventually('it waits or is answered', async () => {
      const waits = await connection.waits();
      return answered ? { waits: false } : waits && { waits };
    }).then(({ waits }) => waits);
  };

  describe('a transaction', () => {
    it('is invisible to others until it commits, then all of its writes are visible', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id IN ('a', 'b')`);
      expect(await statesOf(theirs)).toEqual(['requested', 'requested', 'requested']);
      expect(await statesOf(mine)).toEqual(['failed', 'failed', 'requested']);
      expect(await mine.commit()).toBe('COMMIT');
      expect(await statesOf(theirs)).toEqual(['failed', 'failed', 'requested']);
    });

    it('leaves no writes after a rollback', async () => {
      await mine.query('BEGIN');
      await mine.query(`INSERT INTO charge VALUES ('d', 'requested', 1)`);
      await mine.query(`DELETE FROM charge WHERE id = 'c'`);
      await mine.query('ROLLBACK');
      expect(await statesOf(mine)).toEqual(['requested', 'requested', 'requested']);
    });

    it('takes a new snapshot for each statement (READ COMMITTED)', async () => {
      await mine.query('BEGIN');
      expect(await statesOf(mine)).toEqual(['requested', 'requested', 'requested']);
      await theirs.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      expect(await statesOf(mine)).toEqual(['failed', 'requested', 'requested']);
      await mine.query('ROLLBACK');
    });

    it('is aborted by a failed statement: the next statement is rejected, and COMMIT answers ROLLBACK', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed'`);
      await expect(mine.query(`INSERT INTO charge VALUES ('a', 'x', 1)`)).rejects.toMatchObject({ code: '23505' });
      await expect(mine.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
      expect(await mine.commit()).toBe('ROLLBACK');
      expect(await statesOf(theirs)).toEqual(['requested', 'requested', 'requested']);
    });

    it('continues after a second BEGIN', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      await mine.query('BEGIN');
      await mine.query('ROLLBACK');
      expect(await statesOf(theirs)).toEqual(['requested', 'requested', 'requested']);
    });

    it('gets its transaction id at its first write, not at BEGIN', async () => {
      const written = `SELECT pg_current_xact_id()::text::int8 AS id`;
      await mine.query('BEGIN');
      await theirs.query('BEGIN');
      const [first] = await theirs.query(written);
      const [second] = await mine.query(written);
      expect(second!['id']).toBeGreaterThan(first!['id'] as number);
      await Promise.all([mine.query('ROLLBACK'), theirs.query('ROLLBACK')]);
    });

    it('has the same `now()` throughout', async () => {
      await mine.query('BEGIN');
      const [first] = await mine.query('SELECT now() AS at');
      await new Promise((resolve) => setTimeout(resolve, 20));
      const [second] = await mine.query('SELECT now() AS at, clock_timestamp() > now() AS later');
      expect(second).toEqual({ ...first, later: true });
      await mine.query('ROLLBACK');
    });
  });

  describe('a row lock', () => {
    it('blocks other lockers, which then read the version that its holder committed', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      const waiting = theirs.query(`SELECT state FROM charge WHERE id = 'a' FOR UPDATE`);
      expect(await isWaiting(waiting)).toBe(true);
      await mine.commit();
      expect(await waiting).toEqual([{ state: 'failed' }]);
    });

    it('lets a waiter re-read the locked row only: rows that the holder inserted stay invisible to its snapshot', async () => {
      await mine.query('BEGIN');
      await mine.query(`SELECT FROM charge WHERE id = 'a' FOR UPDATE`);
      const both = `SELECT c.state, o.kind FROM unnest(ARRAY['a']) AS wanted (id)
        JOIN LATERAL (SELECT * FROM charge WHERE charge.id = wanted.id FOR UPDATE) c ON true
        LEFT JOIN LATERAL (SELECT * FROM operation WHERE operation.charge = wanted.id FOR UPDATE) o ON true ORDER BY o.kind`;
      const waiting = theirs.query(both);
      expect(await isWaiting(waiting)).toBe(true);
      await mine.query(`UPDATE charge SET state = 'capturing' WHERE id = 'a'`);
      await mine.query(`UPDATE operation SET phase = 'ended' WHERE charge = 'a'`);
      await mine.query(`INSERT INTO operation (charge, kind) VALUES ('a', 'capture')`);
      await mine.commit();
      expect(await waiting).toEqual([{ state: 'capturing', kind: 'authorize' }]);
      expect(await theirs.query(both)).toEqual([
        { state: 'capturing', kind: 'authorize' },
        { state: 'capturing', kind: 'capture' },
      ]);
    });

    it('skips a row that no longer matches WHERE after the wait', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      const selected = theirs.query(`SELECT id FROM charge WHERE state = 'requested' ORDER BY id FOR UPDATE`);
      expect(await isWaiting(selected)).toBe(true);
      await mine.commit();
      expect(await selected).toEqual([{ id: 'b' }, { id: 'c' }]);
    });

    it('blocks an UPDATE, which then applies to the committed version', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET amount = amount + 1 WHERE id = 'a'`);
      const waiting = theirs.query(`UPDATE charge SET amount = amount + 1 WHERE id = 'a' RETURNING amount`);
      expect(await isWaiting(waiting)).toBe(true);
      await mine.commit();
      expect(await waiting).toEqual([{ amount: 12 }]);
    });

    it('is released by a rollback', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      const waiting = theirs.query(`UPDATE charge SET amount = 11 WHERE id = 'a' RETURNING state`);
      await mine.query('ROLLBACK');
      expect(await waiting).toEqual([{ state: 'requested' }]);
    });

    it('makes SKIP LOCKED skip the row', async () => {
      await mine.query('BEGIN');
      await mine.query(`SELECT FROM charge WHERE id = 'a' FOR UPDATE`);
      const taken = await theirs.query(
        `UPDATE charge SET state = 'taken' WHERE id = ANY (ARRAY(
           SELECT id FROM charge WHERE state = 'requested' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)) RETURNING id`,
      );
      expect(taken).toEqual([{ id: 'b' }]);
      await mine.query('ROLLBACK');
    });

    it('ends a deadlock with error 40P01 for one of the two transactions', async () => {
      await mine.query('BEGIN');
      await theirs.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'mine' WHERE id = 'a'`);
      await theirs.query(`UPDATE charge SET state = 'theirs' WHERE id = 'b'`);
      const update = async (connection: ContractConnection, id: string): Promise<void> => {
        try {
          await connection.query(`UPDATE charge SET state = 'x' WHERE id = $1`, [id]);
        } finally {
          await connection.query('ROLLBACK');
        }
      };
      const results = await Promise.allSettled([update(mine, 'b'), update(theirs, 'a')]);
      const victims = results.filter((result) => result.status === 'rejected');
      expect(victims).toEqual([expect.objectContaining({ reason: expect.objectContaining({ code: '40P01' }) })]);
    });

    it('is released as soon as a statement of its transaction fails', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      const waiting = theirs.query(`UPDATE charge SET amount = 11 WHERE id = 'a' RETURNING state`);
      expect(await isWaiting(waiting)).toBe(true);
      await expect(mine.query(`INSERT INTO charge VALUES ('b', 'x', 1)`)).rejects.toMatchObject({ code: '23505' });
      expect(await waiting).toEqual([{ state: 'requested' }]);
      await mine.query('ROLLBACK');
    });

    it('on a referenced row is not taken when an update leaves the foreign key unchanged', async () => {
      await mine.query('BEGIN');
      await mine.query(`SELECT FROM charge WHERE id = 'a' FOR UPDATE`);
      expect(await theirs.query(`UPDATE operation SET phase = 'doubt' WHERE charge = 'a' RETURNING phase`)).toEqual([
        { phase: 'doubt' },
      ]);
      await mine.query('ROLLBACK');
    });

    it('changes the ctid while it is waited for, so a join by the old ctid finds no row', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      const waiting = theirs.query(
        `UPDATE charge SET amount = 1 FROM (SELECT ctid FROM charge WHERE id = 'a') AS place
         WHERE charge.ctid = place.ctid RETURNING id`,
      );
      expect(await isWaiting(waiting)).toBe(true);
      await mine.commit();
      expect(await waiting).toEqual([]);
    });

    it('is waited for until lock_timeout, then error 55P03', async () => {
      await mine.query('BEGIN');
      await mine.query(`SELECT FROM charge WHERE id = 'a' FOR UPDATE`);
      await expect(theirs.query(`UPDATE charge SET amount = 1 WHERE id = 'a'`)).rejects.toMatchObject({
        code: '55P03',
      });
      await mine.query('ROLLBACK');
    });

    it('FOR KEY SHARE allows updates of the row, but not of its key', async () => {
      await mine.query('BEGIN');
      await mine.query(`SELECT FROM lease WHERE name = 'relay' AND epoch = 1 FOR KEY SHARE`);
      await theirs.query(`UPDATE lease SET holder = 'one again' WHERE name = 'relay'`);
      const takeover = theirs.query(`UPDATE lease SET epoch = epoch + 1 WHERE name = 'relay' RETURNING epoch`);
      expect(await isWaiting(takeover)).toBe(true);
      await mine.commit();
      expect(await takeover).toEqual([{ epoch: 2 }]);
    });
  });

  describe('a unique key', () => {
    const insert = `INSERT INTO charge VALUES ('d', 'theirs', 1) ON CONFLICT DO NOTHING RETURNING id`;

    it('blocks ON CONFLICT DO NOTHING while another transaction inserts it, which then inserts nothing', async () => {
      await mine.query('BEGIN');
      await mine.query(`INSERT INTO charge VALUES ('d', 'mine', 1)`);
      const waiting = theirs.query(insert);
      expect(await isWaiting(waiting)).toBe(true);
      await mine.commit();
      expect(await waiting).toEqual([]);
    });

    it('blocks an insert while its row is updated, even if the update leaves the key unchanged', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      const waiting = theirs.query(`INSERT INTO charge VALUES ('a', 'theirs', 1) ON CONFLICT DO NOTHING RETURNING id`);
      expect(await isWaiting(waiting)).toBe(true);
      await mine.commit();
      expect(await waiting).toEqual([]);
    });

    it('is held by a statement that waits for another key', async () => {
      const others = await database.connect();
      await mine.query('BEGIN');
      await mine.query(`INSERT INTO charge VALUES ('e', 'mine', 1)`);
      await theirs.query('BEGIN');
      const waiting = theirs.query(`INSERT INTO charge VALUES ('d', 'x', 1), ('e', 'x', 1) ON CONFLICT DO NOTHING`);
      expect(await isWaiting(waiting)).toBe(true);
      const behind = others.query(insert);
      expect(await isWaiting(behind, others)).toBe(true);
      await mine.commit();
      await waiting;
      expect(await isWaiting(behind, others)).toBe(true);
      await theirs.commit();
      expect(await behind).toEqual([]);
    });

    it('is free again when the insert is rolled back', async () => {
      await mine.query('BEGIN');
      await mine.query(`INSERT INTO charge VALUES ('d', 'mine', 1)`);
      const waiting = theirs.query(insert);
      expect(await isWaiting(waiting)).toBe(true);
      await mine.query('ROLLBACK');
      expect(await waiting).toEqual([{ id: 'd' }]);
    });

    it('lets ON CONFLICT DO UPDATE apply to the newest version, even one later than its snapshot', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET amount = 100 WHERE id = 'a'`);
      const waiting = theirs.query(
        `INSERT INTO charge AS kept VALUES ('a', 'x', 1) ON CONFLICT (id) DO UPDATE SET amount = kept.amount + excluded.amount
         WHERE kept.state = 'requested' RETURNING amount`,
      );
      await mine.commit();
      expect(await waiting).toEqual([{ amount: 101 }]);
    });

    it('of a partial index applies only to the rows of its predicate', async () => {
      await expect(mine.query(`INSERT INTO operation VALUES ('a', 'capture')`)).rejects.toMatchObject({
        code: '23505',
      });
      await mine.query(`UPDATE operation SET phase = 'ended' WHERE charge = 'a'`);
      await mine.query(`INSERT INTO operation VALUES ('a', 'capture')`);
      expect(await mine.query(`SELECT kind FROM operation WHERE charge = 'a' ORDER BY kind`)).toEqual([
        { kind: 'authorize' },
        { kind: 'capture' },
      ]);
    });

    it('may not be updated twice by one ON CONFLICT statement: error 21000', async () => {
      const twice = `INSERT INTO charge VALUES ('d', 'x', 1), ('d', 'y', 2) ON CONFLICT (id) DO UPDATE SET state = excluded.state`;
      await expect(mine.query(twice)).rejects.toMatchObject({ code: '21000' });
    });
  });

  describe('a statement', () => {
    it('does not see the writes of its own WITH, only what RETURNING gives', async () => {
      const rows = await mine.query(
        `WITH gone AS (DELETE FROM charge WHERE id = 'c' RETURNING id)
         SELECT (SELECT count(*)::int FROM charge) AS there, (SELECT id FROM gone) AS gone`,
      );
      expect(rows).toEqual([{ there: 3, gone: 'c' }]);
      expect(await mine.query('SELECT id FROM charge ORDER BY id')).toEqual([{ id: 'a' }, { id: 'b' }]);
    });

    it('writes before a WITH query that it does not read', async () => {
      const both = `WITH first AS (INSERT INTO charge VALUES ('a', 'x', 1)) INSERT INTO rule VALUES (0, 9, 'x')`;
      await expect(mine.query(both)).rejects.toMatchObject({ code: '23514', constraint: 'rule_one_check' });
    });

    it('may have a foreign key to a row that its own WITH inserts', async () => {
      await mine.query(
        `WITH opened AS (INSERT INTO charge VALUES ('d', 'x', 1)) INSERT INTO operation VALUES ('d', 'authorize')`,
      );
      expect(await mine.query(`SELECT kind FROM operation WHERE charge = 'd'`)).toEqual([{ kind: 'authorize' }]);
    });

    it('checks constraints before unique keys', async () => {
      await expect(mine.query(`INSERT INTO charge VALUES ('a', 'x', 0)`)).rejects.toMatchObject({ code: '23514' });
      const kept = `INSERT INTO charge VALUES ('a', 'x', 0) ON CONFLICT DO NOTHING`;
      await expect(mine.query(kept)).rejects.toMatchObject({ code: '23514' });
    });

    it('keeps the clock_timestamp() from before a lock wait', async () => {
      await mine.query('BEGIN');
      await mine.query(`INSERT INTO charge VALUES ('d', 'mine', 1)`);
      const waiting = theirs.query(
        `INSERT INTO charge VALUES ('d', 'x', (extract(epoch FROM clock_timestamp()) * 1000)::int8) ON CONFLICT DO NOTHING
         RETURNING amount, statement_timestamp() = now() AS same`,
      );
      expect(await isWaiting(waiting)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const [later] = await mine.query('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::int8 AS ms');
      await mine.query('ROLLBACK');
      const [row] = await waiting;
      expect(row!['amount']).toBeLessThan(later!['ms'] as number);
      expect(row!['same']).toBe(true);
    });

    it('writes a timestamp to JSON without trailing zeros', async () => {
      const moments = ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.100Z', 'infinity'];
      const rows = await mine.query('SELECT to_jsonb(at) AS at FROM unnest($1::timestamptz[]) AS moment (at)', [
        moments,
      ]);
      const shown = ['2026-01-02T03:04:05+00:00', '2026-01-02T03:04:05.1+00:00', 'infinity'];
      expect(rows.map(({ at }) => at)).toEqual(shown);
    });

    it.each([
      ['1', '?column?'],
      ['2::int4', 'int4'],
      ['state::text', 'state'],
      ['count(*)', 'count'],
      ['CASE WHEN amount > 1 THEN 1 END', 'case'],
      ['CASE WHEN amount > 1 THEN 1 END::int8', 'int8'],
      ["CASE WHEN amount > 1 THEN 'a' ELSE state END", 'state'],
      ["coalesce(state, 'b')", 'coalesce'],
      ["nullif(state, 'b')", 'nullif'],
      ['(SELECT max(amount) FROM charge)', 'max'],
      ['EXISTS (SELECT FROM charge)', 'exists'],
    ])('names the output of %s without AS', async (expression, name) => {
      const grouped = expression.includes('count') ? '' : 'LIMIT 1';
      const [row] = await mine.query(`SELECT ${expression} FROM charge ${grouped}`);
      expect(Object.keys(row!)).toEqual([name]);
    });

    it('selects rows by a range of pages', async () => {
      const found = `SELECT id FROM charge WHERE ctid >= $1::tid AND ctid < $2::tid ORDER BY id`;
      expect(await mine.query(found, ['(0,0)', '(1,0)'])).toHaveLength(3);
      expect(await mine.query(found, ['(1,0)', '(9,0)'])).toEqual([]);
    });

    it('assigns identity values in the order of ORDER BY', async () => {
      const rows = await mine.query(
        `INSERT INTO said (key) SELECT key FROM unnest($1::text[]) WITH ORDINALITY AS new (key, place) ORDER BY place RETURNING id, key`,
        [['x', 'y', 'z']],
      );
      expect(rows.map(({ key }) => key)).toEqual(['x', 'y', 'z']);
      const ids = rows.map(({ id }) => id as number);
      expect([...ids].sort((a, b) => a - b)).toEqual(ids);
    });

    it.each([
      [`INSERT INTO charge VALUES ('d', NULL, 1)`, '23502'],
      [`INSERT INTO charge VALUES ('d', 'x', 0)`, '23514'],
      [`INSERT INTO operation VALUES ('nobody', 'x')`, '23503'],
      [`UPDATE charge SET id = 'b' WHERE id = 'a'`, '23505'],
      [`DELETE FROM charge WHERE id = 'a'`, '23503'],
    ])('fails when it violates a constraint: %s', async (text, code) => {
      await expect(mine.query(text)).rejects.toMatchObject({ code });
    });

    it('treats NULL as unknown (three-valued logic)', async () => {
      const rows = await mine.query(
        `SELECT NULL = 1 AS equal, NULL IS DISTINCT FROM 1 AS distinct, 1 = ANY (ARRAY[2, NULL]) AS any,
           1 <> ALL (ARRAY[]::int[]) AS all, NOT (NULL AND false) AS both, coalesce(NULL, 'x') AS first, least(3, NULL, 2) AS least`,
      );
      expect(rows).toEqual([{ equal: null, distinct: true, any: null, all: true, both: true, first: 'x', least: 2 }]);
    });
  });

  it.each(['SELECT 15 * 2 ^ (1020 + 1) AS n', 'SELECT 1000000 * 1000000 AS n', 'SELECT 2147483647 + 1 AS n'])(
    'fails on arithmetic overflow: %s',
    async (text) => {
      await expect(mine.query(text)).rejects.toMatchObject({ code: '22003' });
    },
  );

  it.each([
    [
      `SELECT 'ch_1' LIKE 'ch\\_%' AS fits, 'chx1' LIKE 'ch\\_%' AS differs, 'chx1' LIKE 'ch_1' AS any`,
      [{ fits: true, differs: false, any: true }],
    ],
    [`SELECT 2 IN (SELECT unnest(ARRAY[1, 2])) AS found`, [{ found: true }]],
    [`SELECT array(SELECT jsonb_object_keys('{"b": 1, "a": 2}'::jsonb) ORDER BY 1) AS keys`, [{ keys: ['a', 'b'] }]],
    [
      `SELECT substr('refund:re_1', 8) AS rest, position('f' IN 'refund') AS at, position('x' IN 'refund') AS nowhere`,
      [{ rest: 're_1', at: 3, nowhere: 0 }],
    ],
    [
      `SELECT side.name, sum(side.amount)::int4 AS sum FROM (VALUES (1), (2)) AS given (minor)
       CROSS JOIN LATERAL (VALUES ('out', -minor), ('in', minor)) AS side (name, amount) GROUP BY side.name ORDER BY 1`,
      [
        { name: 'in', sum: 3 },
        { name: 'out', sum: -3 },
      ],
    ],
  ])('evaluates %s', async (text, rows) => {
    expect(await mine.query(text)).toEqual(rows);
  });

  it('gives unnamed constraints default names by their columns, with a number where a name is taken', async () => {
    const refusedBy = async (text: string): Promise<unknown> =>
      mine.query(text).catch((error: { constraint?: string }) => error.constraint);
    expect(await refusedBy(`INSERT INTO rule VALUES (0, 9, 'a')`)).toBe('rule_one_check');
    expect(await refusedBy(`INSERT INTO rule VALUES (20, 29, 'a')`)).toBe('rule_one_check1');
    expect(await refusedBy(`INSERT INTO rule VALUES (2, 1, 'a')`)).toBe('rule_check');
    await mine.query(`INSERT INTO rule VALUES (1, 2, 'a')`);
    expect(await refusedBy(`INSERT INTO rule VALUES (1, 2, 'b')`)).toBe('rule_one_two_key');
    expect(await refusedBy(`INSERT INTO rule VALUES (2, 3, 'a')`)).toBe('rule_name_key');
  });

  describe('a trigger', () => {
    it('runs SELECT INTO, IF, PERFORM, RAISE and an early RETURN', async () => {
      await mine.query(`INSERT INTO rule VALUES (1, 2, 'few')`);
      await mine.query(`INSERT INTO rule VALUES (2, 3, 'watched a'), (3, 4, 'watched b')`);
      await expect(mine.query(`INSERT INTO rule VALUES (4, 5, 'watched c')`)).rejects.toMatchObject({ code: '23514' });
      await mine.query(`INSERT INTO rule VALUES (4, 5, 'unwatched')`);
    });

    it('sees the writes of its statement, and commits of others during a lock wait', async () => {
      await mine.query('BEGIN');
      await mine.query(`INSERT INTO charge VALUES ('d', 'mine', 1)`);
      const waiting = theirs.query(
        `WITH opened AS (INSERT INTO charge VALUES ('d', 'theirs', 1), ('e', 'theirs', 1) ON CONFLICT DO NOTHING)
         INSERT INTO transfer VALUES ('d'), ('e')`,
      );
      expect(await isWaiting(waiting)).toBe(true);
      await mine.commit();
      expect(await waiting).toEqual([]);
    });

    it('aborts its statement, as AFTER and as BEFORE trigger', async () => {
      await expect(mine.query(`INSERT INTO transfer VALUES ('a'), ('x')`)).rejects.toMatchObject({ code: '23514' });
      await mine.query(`INSERT INTO transfer VALUES ('a')`);
      await expect(mine.query(`DELETE FROM transfer`)).rejects.toMatchObject({ code: '23514' });
      expect(await mine.query(`SELECT charge FROM transfer`)).toEqual([{ charge: 'a' }]);
    });
  });

  it('notifies listeners at commit, once per transaction and channel, and never after a rollback', async () => {
    let notifications = 0;
    await database.listen('news', () => notifications++);
    await mine.query('BEGIN');
    await mine.query(`SELECT pg_notify('news', '')`);
    await mine.query('ROLLBACK');
    await mine.query('BEGIN');
    await mine.query('NOTIFY news');
    await mine.query('NOTIFY news');
    expect(notifications).toBe(0);
    await mine.commit();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(notifications).toBe(1);
  });
}
