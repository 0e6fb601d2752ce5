import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';

type Row = Record<string, unknown>;

/** One connection to a database, whichever stands behind it. A statement that fails rejects with `{ code }`, its SQLSTATE. */
export interface ContractConnection {
  query(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** What COMMIT came to: `COMMIT` or `ROLLBACK`. */
  commit(): Promise<string>;
  /** Whether its statement waits for a lock, by the server's own word. */
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
      RAISE EXCEPTION 'nobody knows %', stranger.charge USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER no_strangers AFTER INSERT ON transfer
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION refuse_strangers();
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'what is written is written' USING ERRCODE = 'check_violation';
  END $$;
  CREATE TRIGGER transfers_stay BEFORE UPDATE OR DELETE ON transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse();
  INSERT INTO charge (id, state, amount) VALUES ('a', 'requested', 10), ('b', 'requested', 20), ('c', 'requested', 30);
  INSERT INTO operation (charge, kind) VALUES ('a', 'authorize');
  INSERT INTO lease VALUES ('relay', 'one', 1);
`;

/** What our code relies on Postgres for, in sentences that hold for the real one and for the one in memory. */
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

  /** Asks until the statement is answered, or waits by the server's own word. */
  const isWaiting = async (promise: Promise<unknown>, connection = theirs): Promise<boolean> => {
    let answered = false;
    void promise.catch(() => undefined).finally(() => (answered = true));
    return eventually('it waits or is answered', async () => {
      const waits = await connection.waits();
      return answered ? { waits: false } : waits && { waits };
    }).then(({ waits }) => waits);
  };

  describe('a transaction', () => {
    it('shows nothing to others before it commits, and all of it afterwards', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id IN ('a', 'b')`);
      expect(await statesOf(theirs)).toEqual(['requested', 'requested', 'requested']);
      expect(await statesOf(mine)).toEqual(['failed', 'failed', 'requested']);
      expect(await mine.commit()).toBe('COMMIT');
      expect(await statesOf(theirs)).toEqual(['failed', 'failed', 'requested']);
    });

    it('leaves nothing behind when it is rolled back', async () => {
      await mine.query('BEGIN');
      await mine.query(`INSERT INTO charge VALUES ('d', 'requested', 1)`);
      await mine.query(`DELETE FROM charge WHERE id = 'c'`);
      await mine.query('ROLLBACK');
      expect(await statesOf(mine)).toEqual(['requested', 'requested', 'requested']);
    });

    it('sees at each statement what others have committed by then', async () => {
      await mine.query('BEGIN');
      expect(await statesOf(mine)).toEqual(['requested', 'requested', 'requested']);
      await theirs.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      expect(await statesOf(mine)).toEqual(['failed', 'requested', 'requested']);
      await mine.query('ROLLBACK');
    });

    it('is doomed by a statement that fails: the next is refused, and COMMIT answers ROLLBACK', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed'`);
      await expect(mine.query(`INSERT INTO charge VALUES ('a', 'x', 1)`)).rejects.toMatchObject({ code: '23505' });
      await expect(mine.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
      expect(await mine.commit()).toBe('ROLLBACK');
      expect(await statesOf(theirs)).toEqual(['requested', 'requested', 'requested']);
    });

    it('goes on when it is begun again', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      await mine.query('BEGIN');
      await mine.query('ROLLBACK');
      expect(await statesOf(theirs)).toEqual(['requested', 'requested', 'requested']);
    });

    it('has its number from when it first writes', async () => {
      const written = `SELECT pg_current_xact_id()::text::int8 AS id`;
      await mine.query('BEGIN');
      await theirs.query('BEGIN');
      const [first] = await theirs.query(written);
      const [second] = await mine.query(written);
      expect(second!['id']).toBeGreaterThan(first!['id'] as number);
      await Promise.all([mine.query('ROLLBACK'), theirs.query('ROLLBACK')]);
    });

    it('has one `now()` from its beginning to its end', async () => {
      await mine.query('BEGIN');
      const [first] = await mine.query('SELECT now() AS at');
      await new Promise((resolve) => setTimeout(resolve, 20));
      const [second] = await mine.query('SELECT now() AS at, clock_timestamp() > now() AS later');
      expect(second).toEqual({ ...first, later: true });
      await mine.query('ROLLBACK');
    });
  });

  describe('a row lock', () => {
    it('is waited for, and then the row is seen as its holder left it', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      const waiting = theirs.query(`SELECT state FROM charge WHERE id = 'a' FOR UPDATE`);
      expect(await isWaiting(waiting)).toBe(true);
      await mine.commit();
      expect(await waiting).toEqual([{ state: 'failed' }]);
    });

    it('does not show whoever waited for it the rows that its holder inserted meanwhile', async () => {
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

    it('passes over a row that no longer fits once it is had', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      const selected = theirs.query(`SELECT id FROM charge WHERE state = 'requested' ORDER BY id FOR UPDATE`);
      expect(await isWaiting(selected)).toBe(true);
      await mine.commit();
      expect(await selected).toEqual([{ id: 'b' }, { id: 'c' }]);
    });

    it('holds up an UPDATE, which then writes over what it finds', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET amount = amount + 1 WHERE id = 'a'`);
      const waiting = theirs.query(`UPDATE charge SET amount = amount + 1 WHERE id = 'a' RETURNING amount`);
      expect(await isWaiting(waiting)).toBe(true);
      await mine.commit();
      expect(await waiting).toEqual([{ amount: 12 }]);
    });

    it('is gone when its transaction is rolled back', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      const waiting = theirs.query(`UPDATE charge SET amount = 11 WHERE id = 'a' RETURNING state`);
      await mine.query('ROLLBACK');
      expect(await waiting).toEqual([{ state: 'requested' }]);
    });

    it('is passed over by SKIP LOCKED', async () => {
      await mine.query('BEGIN');
      await mine.query(`SELECT FROM charge WHERE id = 'a' FOR UPDATE`);
      const taken = await theirs.query(
        `UPDATE charge SET state = 'taken' WHERE id = ANY (ARRAY(
           SELECT id FROM charge WHERE state = 'requested' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)) RETURNING id`,
      );
      expect(taken).toEqual([{ id: 'b' }]);
      await mine.query('ROLLBACK');
    });

    it('ends a circle by telling one of the two that it is the victim', async () => {
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

    it('is gone as soon as a statement of its transaction fails', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      const waiting = theirs.query(`UPDATE charge SET amount = 11 WHERE id = 'a' RETURNING state`);
      expect(await isWaiting(waiting)).toBe(true);
      await expect(mine.query(`INSERT INTO charge VALUES ('b', 'x', 1)`)).rejects.toMatchObject({ code: '23505' });
      expect(await waiting).toEqual([{ state: 'requested' }]);
      await mine.query('ROLLBACK');
    });

    it('of what a row refers to is not asked for when the row changes beside its reference', async () => {
      await mine.query('BEGIN');
      await mine.query(`SELECT FROM charge WHERE id = 'a' FOR UPDATE`);
      expect(await theirs.query(`UPDATE operation SET phase = 'doubt' WHERE charge = 'a' RETURNING phase`)).toEqual([
        { phase: 'doubt' },
      ]);
      await mine.query('ROLLBACK');
    });

    it('that was waited for finds the row at another place', async () => {
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

    it('is not waited for beyond lock_timeout', async () => {
      await mine.query('BEGIN');
      await mine.query(`SELECT FROM charge WHERE id = 'a' FOR UPDATE`);
      await expect(theirs.query(`UPDATE charge SET amount = 1 WHERE id = 'a'`)).rejects.toMatchObject({
        code: '55P03',
      });
      await mine.query('ROLLBACK');
    });

    it('for key share lets a row change, but not its key', async () => {
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

    it('that somebody is about to write is waited for, and then left alone', async () => {
      await mine.query('BEGIN');
      await mine.query(`INSERT INTO charge VALUES ('d', 'mine', 1)`);
      const waiting = theirs.query(insert);
      expect(await isWaiting(waiting)).toBe(true);
      await mine.commit();
      expect(await waiting).toEqual([]);
    });

    it('is waited for while its row is written, though nobody writes the key', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET state = 'failed' WHERE id = 'a'`);
      const waiting = theirs.query(`INSERT INTO charge VALUES ('a', 'theirs', 1) ON CONFLICT DO NOTHING RETURNING id`);
      expect(await isWaiting(waiting)).toBe(true);
      await mine.commit();
      expect(await waiting).toEqual([]);
    });

    it('is taken by a statement that still waits for another', async () => {
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

    it('that somebody gives up again is free', async () => {
      await mine.query('BEGIN');
      await mine.query(`INSERT INTO charge VALUES ('d', 'mine', 1)`);
      const waiting = theirs.query(insert);
      expect(await isWaiting(waiting)).toBe(true);
      await mine.query('ROLLBACK');
      expect(await waiting).toEqual([{ id: 'd' }]);
    });

    it('is found by ON CONFLICT DO UPDATE as it stands, whoever wrote it since', async () => {
      await mine.query('BEGIN');
      await mine.query(`UPDATE charge SET amount = 100 WHERE id = 'a'`);
      const waiting = theirs.query(
        `INSERT INTO charge AS kept VALUES ('a', 'x', 1) ON CONFLICT (id) DO UPDATE SET amount = kept.amount + excluded.amount
         WHERE kept.state = 'requested' RETURNING amount`,
      );
      await mine.commit();
      expect(await waiting).toEqual([{ amount: 101 }]);
    });

    it('of a partial index binds only the rows that it covers', async () => {
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

    it('is not taken twice by one statement', async () => {
      const twice = `INSERT INTO charge VALUES ('d', 'x', 1), ('d', 'y', 2) ON CONFLICT (id) DO UPDATE SET state = excluded.state`;
      await expect(mine.query(twice)).rejects.toMatchObject({ code: '21000' });
    });
  });

  describe('a statement', () => {
    it('does not see what its own WITH writes, but what that returns', async () => {
      const rows = await mine.query(
        `WITH gone AS (DELETE FROM charge WHERE id = 'c' RETURNING id)
         SELECT (SELECT count(*)::int FROM charge) AS there, (SELECT id FROM gone) AS gone`,
      );
      expect(rows).toEqual([{ there: 3, gone: 'c' }]);
      expect(await mine.query('SELECT id FROM charge ORDER BY id')).toEqual([{ id: 'a' }, { id: 'b' }]);
    });

    it('writes before its own WITH does, where nothing reads that', async () => {
      const both = `WITH first AS (INSERT INTO charge VALUES ('a', 'x', 1)) INSERT INTO rule VALUES (0, 9, 'x')`;
      await expect(mine.query(both)).rejects.toMatchObject({ code: '23514', constraint: 'rule_one_check' });
    });

    it('may refer to what its own WITH writes', async () => {
      await mine.query(
        `WITH opened AS (INSERT INTO charge VALUES ('d', 'x', 1)) INSERT INTO operation VALUES ('d', 'authorize')`,
      );
      expect(await mine.query(`SELECT kind FROM operation WHERE charge = 'd'`)).toEqual([{ kind: 'authorize' }]);
    });

    it('checks a row before it looks for its keys', async () => {
      await expect(mine.query(`INSERT INTO charge VALUES ('a', 'x', 0)`)).rejects.toMatchObject({ code: '23514' });
      const kept = `INSERT INTO charge VALUES ('a', 'x', 0) ON CONFLICT DO NOTHING`;
      await expect(mine.query(kept)).rejects.toMatchObject({ code: '23514' });
    });

    it('knows the time by which it asked, however long it waits then', async () => {
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

    it('says of a moment in JSON no more than there is to say', async () => {
      const moments = ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.100Z', 'infinity'];
      const rows = await mine.query('SELECT to_jsonb(at) AS at FROM unnest($1::timestamptz[]) AS moment (at)', [
        moments,
      ]);
      const shown = ['2026-01-02T03:04:05+00:00', '2026-01-02T03:04:05.1+00:00', 'infinity'];
      expect(rows.map(({ at }) => at)).toEqual(shown);
    });

    it('finds rows by the pages in which they lie', async () => {
      const found = `SELECT id FROM charge WHERE ctid >= $1::tid AND ctid < $2::tid ORDER BY id`;
      expect(await mine.query(found, ['(0,0)', '(1,0)'])).toHaveLength(3);
      expect(await mine.query(found, ['(1,0)', '(9,0)'])).toEqual([]);
    });

    it('gives rows rising numbers in the order in which it writes them', async () => {
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
    ])('is refused when it breaks a rule of its table: %s', async (text, code) => {
      await expect(mine.query(text)).rejects.toMatchObject({ code });
    });

    it('understands null as unknown', async () => {
      const rows = await mine.query(
        `SELECT NULL = 1 AS equal, NULL IS DISTINCT FROM 1 AS distinct, 1 = ANY (ARRAY[2, NULL]) AS any,
           1 <> ALL (ARRAY[]::int[]) AS all, NOT (NULL AND false) AS both, coalesce(NULL, 'x') AS first, least(3, NULL, 2) AS least`,
      );
      expect(rows).toEqual([{ equal: null, distinct: true, any: null, all: true, both: true, first: 'x', least: 2 }]);
    });
  });

  it.each(['SELECT 15 * 2 ^ (1020 + 1) AS n', 'SELECT 1000000 * 1000000 AS n', 'SELECT 2147483647 + 1 AS n'])(
    'refuses arithmetic that comes to more than its type holds: %s',
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
  ])('is understood: %s', async (text, rows) => {
    expect(await mine.query(text)).toEqual(rows);
  });

  it('names a rule that has no name by its columns, and numbers what is named alike', async () => {
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
    it('keeps what its queries find, looks at it, and leaves when it has seen enough', async () => {
      await mine.query(`INSERT INTO rule VALUES (1, 2, 'few')`);
      await mine.query(`INSERT INTO rule VALUES (2, 3, 'watched a'), (3, 4, 'watched b')`);
      await expect(mine.query(`INSERT INTO rule VALUES (4, 5, 'watched c')`)).rejects.toMatchObject({ code: '23514' });
      await mine.query(`INSERT INTO rule VALUES (4, 5, 'unwatched')`);
    });

    it('sees what its statement wrote, and what others committed while that waited', async () => {
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

    it('refuses the statement that it stands behind, or in front of', async () => {
      await expect(mine.query(`INSERT INTO transfer VALUES ('a'), ('x')`)).rejects.toMatchObject({ code: '23514' });
      await mine.query(`INSERT INTO transfer VALUES ('a')`);
      await expect(mine.query(`DELETE FROM transfer`)).rejects.toMatchObject({ code: '23514' });
      expect(await mine.query(`SELECT charge FROM transfer`)).toEqual([{ charge: 'a' }]);
    });
  });

  it('tells who listens of a commit, never of a rollback', async () => {
    let heard = 0;
    await database.listen('news', () => heard++);
    await mine.query('BEGIN');
    await mine.query(`SELECT pg_notify('news', '')`);
    await mine.query('ROLLBACK');
    await mine.query('BEGIN');
    await mine.query('NOTIFY news');
    await mine.query('NOTIFY news');
    expect(heard).toBe(0);
    await mine.commit();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(heard).toBe(1);
  });
}
