import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { statement } from '../statement.js';
import type { PgTransaction } from '../transaction.js';
import { CommitUnknownError } from '../transient.js';
import { outcomeOf } from './transaction-outcome.js';
import type { DatabasePort, DatabaseWorld, OpenDatabaseWorld } from './database-world.js';
import { waitsForLock } from './waits-for-lock.js';

const tables = `
  CREATE TABLE item (id text COLLATE "C" PRIMARY KEY, amount int8 NOT NULL CONSTRAINT not_too_much CHECK (amount < 1000));
  CREATE TABLE part (item text COLLATE "C" NOT NULL CONSTRAINT of_an_item REFERENCES item, name text NOT NULL);
  CREATE TABLE held (
    id text COLLATE "C" PRIMARY KEY, note text, flag boolean, count int4, names text[], numbers int8[], doc json, at timestamptz
  );
`;
const insert = statement('contract.insert', 'INSERT INTO item (id, amount) VALUES ($1, $2)');
const insertPart = statement('contract.insert_part', 'INSERT INTO part (item, name) VALUES ($1, $2)');
const list = statement('contract.list', 'SELECT id, amount FROM item ORDER BY id');
const count = statement('contract.count', 'SELECT count(*) AS items FROM item');
const lock = statement('contract.lock', 'SELECT amount FROM item WHERE id = $1 FOR UPDATE');
const empty = statement('contract.empty', 'DELETE FROM item');
const hold = statement(
  'contract.hold',
  `INSERT INTO held (id, note, flag, count, names, numbers, doc, at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING note, flag, count, names, numbers, doc, at`,
);
const heldDoc = statement('contract.held_doc', 'SELECT doc FROM held WHERE id = $1');
const notify = statement('contract.notify', 'NOTIFY news');

/** The contract of the database port, for Postgres and for the database in memory. */
export function databaseContract(open: OpenDatabaseWorld): void {
  let world: DatabaseWorld;
  let database: DatabasePort;

  beforeAll(async () => {
    world = await open(tables);
    database = await world.open({ maxConnections: 3 });
  });
  beforeEach(() => database.query(empty));
  afterAll(async () => {
    await database.close();
    await world.close();
  });

  const soon = <T>(what: string, condition: () => T | Promise<T>) =>
    eventually(what, condition, { clock: world.clock, timeoutMs: 15_000 });

  const outcome = (work: (tx: PgTransaction) => Promise<unknown>, on: DatabasePort = database) => outcomeOf(on, work);
  const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  /** The promise is still pending after a while. It waits for no lock, so the server cannot tell. */
  const isWaiting = async (promise: Promise<unknown>): Promise<boolean> => {
    const later = world.clock.sleep(100).then(() => 'later');
    return (await Promise.race([failureOf(promise), later])) === 'later';
  };

  describe('a transaction', () => {
    it('runs statements without a name one after another in a transaction, whatever their texts', async () => {
      const found = await database.transaction(async (tx) => {
        await tx.query({ name: '', text: 'INSERT INTO item (id, amount) VALUES ($1, $2)' }, ['unnamed', 1]);
        return tx.query({ name: '', text: 'SELECT amount FROM item WHERE id = $1' }, ['unnamed']);
      });
      expect(found).toEqual([{ amount: 1 }]);
    });

    it('commits the work’s writes, then runs the commit effects', async () => {
      const other = await world.open();
      const { effects, error } = await outcome(async (tx) => {
        await tx.query(insert, ['a', 1]);
        expect(await tx.query(list)).toEqual([{ id: 'a', amount: 1 }]);
        expect(await other.query(list)).toEqual([]);
        return 'done';
      });
      expect({ effects, error }).toEqual({ effects: ['commit'], error: undefined });
      expect(await other.query(list)).toEqual([{ id: 'a', amount: 1 }]);
      await other.close();
    });

    it('resolves with the result of the work', async () => {
      expect(await database.transaction(() => Promise.resolve('done'))).toBe('done');
    });

    it('runs its effects in order, before it settles', async () => {
      const order: string[] = [];
      await database
        .transaction(async (tx) => {
          tx.onCommit(() => order.push('first'));
          await tx.query(count);
          tx.onCommit(() => order.push('second'));
        })
        .then(() => order.push('settled'));
      expect(order).toEqual(['first', 'second', 'settled']);
    });

    it('rolls back, and rejects with the error of its work', async () => {
      const { effects, error } = await outcome(async (tx) => {
        await tx.query(insert, ['a', 1]);
        throw new Error('changed my mind');
      });
      expect(effects).toEqual(['rollback']);
      expect(error).toMatchObject({ message: 'changed my mind' });
      expect(await database.query(list)).toEqual([]);
    });

    it('commits statements that were enqueued and never awaited', async () => {
      const { effects } = await outcome(async (tx) => {
        tx.enqueue(insert, ['a', 1]);
        tx.enqueue(insert, ['b', 2]);
      });
      expect(effects).toEqual(['commit']);
      expect(await database.query(list)).toHaveLength(2);
    });

    it('commits nothing when one of several pipelined statements fails', async () => {
      const { effects, error } = await outcome((tx) =>
        Promise.all([tx.query(insert, ['a', 1]), tx.query(insert, ['b', 5_000]), tx.query(insert, ['c', 3])]),
      );
      expect(effects).toEqual(['rollback']);
      expect(error).toMatchObject({ code: '23514' });
      expect(await database.query(list)).toEqual([]);
    });

    it('commits nothing when an enqueued statement fails unnoticed by the work', async () => {
      const { effects, error } = await outcome(async (tx) => {
        await tx.query(insert, ['a', 1]);
        tx.enqueue(insert, ['a', 1]);
        tx.enqueue(insert, ['b', 1]);
      });
      expect(effects).toEqual(['rollback']);
      expect(error).toMatchObject({ code: '23505' });
      expect(await database.query(list)).toEqual([]);
    });

    it.each([0, 1, 2])('commits nothing when statement %i of the round trip of COMMIT fails', async (place) => {
      const rows = ['a', 'b', 'c'].map((id, index) => [id, index === place ? 5_000 : 1]);
      const { effects, error } = await outcome(async (tx) => {
        await tx.query(count);
        for (const row of rows) tx.enqueue(insert, row);
      });
      expect(effects).toEqual(['rollback']);
      expect(error).toMatchObject({ code: '23514' });
      expect(await database.query(list)).toEqual([]);
    });

    it('hands over the rows of an enqueued statement before its commit effects', async () => {
      const order: unknown[] = [];
      await database.transaction(async (tx) => {
        tx.onCommit(() => order.push('committed'));
        tx.enqueue(insert, ['a', 1]);
        tx.enqueue(list, [], (rows) => order.push(rows));
      });
      expect(order).toEqual([[{ id: 'a', amount: 1 }], 'committed']);
    });

    it('sees in each statement of a round trip what was committed before it: a row that the lock’s holder inserted', async () => {
      await database.query(insert, ['a', 1]);
      let waiting: Promise<unknown> | undefined;
      await database.transaction(async (tx) => {
        await tx.query(lock, ['a']);
        waiting = database.transaction((other) => Promise.all([other.query(lock, ['a']), other.query(list)]));
        expect(await waitsForLock(world, waiting)).toBe(true);
        tx.enqueue(insert, ['b', 2]);
      });
      expect(await waiting).toEqual([
        [{ amount: 1 }],
        [
          { id: 'a', amount: 1 },
          { id: 'b', amount: 2 },
        ],
      ]);
    });

    it('commits nothing when the work caught a failed statement and went on', async () => {
      const { effects, error } = await outcome(async (tx) => {
        await tx.query(insert, ['a', 5_000]).catch(() => []);
      });
      expect(effects).toEqual(['rollback']);
      expect(error).toMatchObject({ code: '23514' });
    });

    it('rejects a statement after its end', async () => {
      let leaked: PgTransaction;
      await outcome(async (tx) => {
        leaked = tx;
      });
      await expect(leaked!.query(list)).rejects.toThrow('after its transaction had ended');
      expect(() => leaked.enqueue(list)).toThrow('after its transaction had ended');
    });

    it('waits for a row lock of another transaction, and then sees its row', async () => {
      await database.query(insert, ['a', 1]);
      let waiting: Promise<{ amount: number }[]> | undefined;
      await database.transaction(async (tx) => {
        await tx.query(lock, ['a']);
        waiting = database.transaction((other) => other.query<{ amount: number }>(lock, ['a']));
        expect(await waitsForLock(world, waiting)).toBe(true);
        await tx.query(statement('contract.raise', 'UPDATE item SET amount = 2 WHERE id = $1'), ['a']);
      });
      expect(await waiting).toEqual([{ amount: 2 }]);
    });
  });

  describe('an error of a statement', () => {
    it.each([
      ['a key that is taken', insert, ['a', 2], '23505', 'item_pkey'],
      ['a check that refuses', insert, ['b', 1_000], '23514', 'not_too_much'],
      ['a reference to nothing', insertPart, ['nowhere', 'wheel'], '23503', 'of_an_item'],
      ['a value that is missing', insert, ['b', null], '23502', undefined],
    ])('carries its code and its constraint, and is not transient: %s', async (_, text, values, code, constraint) => {
      await database.query(insert, ['a', 1]);
      const error = await failureOf(database.query(text, values));
      expect(error).toMatchObject({ code, ...(constraint && { constraint }) });
      expect(database.isTransient(error)).toBe(false);
      expect(await database.query(list)).toEqual([{ id: 'a', amount: 1 }]);
    });

    it('is transient for the victim of a deadlock; the other transaction goes on', async () => {
      await database.query(insert, ['a', 1]);
      await database.query(insert, ['b', 1]);
      const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const inTurn = (first: string, second: string, mine: () => void, theirs: Promise<void>) =>
        failureOf(
          database.transaction(async (tx) => {
            await tx.query(lock, [first]);
            mine();
            await theirs;
            await tx.query(lock, [second]);
          }),
        );
      const failures = await Promise.all([
        inTurn('a', 'b', one.resolve, other.promise),
        inTurn('b', 'a', other.resolve, one.promise),
      ]);
      const failed = failures.filter((failure) => failure !== undefined);
      expect(failed).toMatchObject([{ code: '40P01' }]);
      expect(database.isTransient(failed[0])).toBe(true);
    });
  });

  describe('a value', () => {
    it('is read in its own type: int8 and instants as numbers, JSON as parsed', async () => {
      const at = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
      const note = `it's "quoted", \\ and\nnew, {braced}, ß 漢`;
      const names = ['plain', 'a,b', '"q"', 'back\\slash', '', '{}', 'NULL'];
      const doc = '{"a":[1,null,"ß"]}';
      const values = ['all', note, true, 7, names, [1, 9_007_199_254_740_991], doc, at.toISOString()];
      expect(await database.query(hold, values)).toEqual([
        {
          note,
          flag: true,
          count: 7,
          names,
          numbers: [1, 9_007_199_254_740_991],
          doc: { a: [1, null, 'ß'] },
          at: at.getTime(),
        },
      ]);
    });

    it('that is null or undefined is read as null', async () => {
      const nothing = { note: null, flag: null, count: null, names: null, numbers: null, doc: null, at: null };
      expect(await database.query(hold, ['nulls', null, null, null, null, null, null, null])).toEqual([nothing]);
      const missing = ['undefined', undefined, undefined, undefined, undefined, undefined, undefined, undefined];
      expect(await database.query(hold, missing)).toStrictEqual([nothing]);
    });

    it('that was read is a copy: changing it does not change the database', async () => {
      await database.query(hold, ['doc', null, null, null, null, null, '{"list":[1]}', null]);
      const [row] = await database.query<{ doc: { list: number[] } }>(heldDoc, ['doc']);
      row!.doc.list.push(2);
      expect(await database.query(heldDoc, ['doc'])).toEqual([{ doc: { list: [1] } }]);
    });

    it('is written as it was at the call: changing it later does not change the database', async () => {
      const names = ['one'];
      await database.query(hold, ['names', null, null, null, names, null, null, null]);
      names.push('two');
      const read = statement('contract.held_names', 'SELECT names FROM held WHERE id = $1');
      expect(await database.query(read, ['names'])).toEqual([{ names: ['one'] }]);
    });
  });

  describe('a connection', () => {
    it('that is lost before COMMIT is a transient error, and rolled back', async () => {
      const { effects, error } = await outcome(async (tx) => {
        await tx.query(insert, ['a', 1]);
        world.cut();
        await tx.query(insert, ['b', 1]);
      });
      expect(effects).toEqual(['rollback']);
      expect(error).not.toBeInstanceOf(CommitUnknownError);
      expect(database.isTransient(error)).toBe(true);
      await soon('the database answers again', () => database.query(list).then(() => true));
      expect(await database.query(list)).toEqual([]);
    });

    it.each(['before', 'after'] as const)(
      'that is lost at COMMIT, %s the server did it, leaves an unknown outcome',
      async (when) => {
        world.loseNextCommit(when);
        const { effects, error } = await outcome((tx) => tx.query(insert, ['a', 1]));
        expect(effects).toEqual(['rollback']);
        expect(error).toBeInstanceOf(CommitUnknownError);
        expect(database.isTransient(error)).toBe(true);
        await soon('it is there or it is not', async () => {
          const rows = await database.query(list);
          return rows.length === (when === 'after' ? 1 : 0);
        });
      },
    );

    it('that is lost is not reused', async () => {
      const alone = await world.open({ maxConnections: 1 });
      await alone.query(list);
      await outcome(async (tx) => {
        await tx.query(list);
        world.cut();
        await tx.query(list);
      }, alone);
      await soon('it answers again', () => alone.query(list).then(() => true));
      expect((await outcome((tx) => tx.query(insert, ['a', 1]), alone)).effects).toEqual(['commit']);
      await alone.close();
    });

    it('is reused after an error of a statement', async () => {
      const alone = await world.open({ maxConnections: 1 });
      for (let times = 0; times < 3; times++) {
        await expect(alone.query(insert, ['a', 5_000])).rejects.toMatchObject({ code: '23514' });
        expect((await outcome((tx) => tx.query(insert, ['a', 5_000]), alone)).effects).toEqual(['rollback']);
      }
      expect(await alone.query(list)).toEqual([]);
      await alone.close();
    });

    it('is awaited while all are in use', async () => {
      const alone = await world.open({ maxConnections: 1 });
      const { promise, resolve } = Promise.withResolvers<void>();
      const first = alone.transaction(() => promise);
      const next = [alone.query(count), alone.transaction((tx) => tx.query(count)), alone.query(count)];
      expect(await isWaiting(Promise.race(next))).toBe(true);
      resolve();
      await first;
      expect(await Promise.all(next)).toEqual(next.map(() => [{ items: 0 }]));
      await alone.close();
    });

    it('that is not free within five seconds is a transient error, and later work gets it', async () => {
      const alone = await world.open({ maxConnections: 1 });
      const { promise, resolve } = Promise.withResolvers<void>();
      const first = alone.transaction(() => promise);
      const waiting = failureOf(alone.query(count));
      await world.clock.sleep(3_000);
      const later = alone.query(count);
      const error = await waiting;
      expect(alone.isTransient(error)).toBe(true);
      resolve();
      await first;
      expect(await later).toEqual([{ items: 0 }]);
      await alone.close();
    });

    it('that is lost while idle causes no error', async () => {
      await Promise.all([database.query(list), database.query(list), database.query(list)]);
      world.cut();
      await soon('the database answers again', () => database.query(list).then(() => true));
    });
  });

  describe('a server that is away', () => {
    it('is a transient error, and works again once it is back', async () => {
      await world.away();
      for (const attempt of [database.query(list), database.transaction((tx) => tx.query(list))]) {
        const error = await failureOf(attempt);
        expect(database.isTransient(error)).toBe(true);
      }
      const waiting = database.waitUntilReachable();
      expect(await isWaiting(waiting)).toBe(true);
      await world.back();
      await waiting;
      expect(await database.query(list)).toEqual([]);
    });

    it('rejects a new listener', async () => {
      await world.away();
      const error = await failureOf(database.listen('news', () => undefined));
      expect(database.isTransient(error)).toBe(true);
      await world.back();
      await database.waitUntilReachable();
    });
  });

  describe('a listener', () => {
    it('hears committed notifications, and none of rolled-back transactions or other channels', async () => {
      let calls = 0;
      const listening = await database.listen('news', () => calls++);
      await outcome(async (tx) => {
        await tx.query(notify);
        throw new Error('changed my mind');
      });
      await database.query(statement('contract.notify_others', 'NOTIFY other_news'));
      await database.query(notify);
      await soon('it has heard', () => calls > 0);
      await database.transaction(async (tx) => {
        await tx.query(notify);
        await world.clock.sleep(100);
        expect(calls).toBe(1);
      });
      await soon('it has heard again', () => calls > 1);
      await listening.close();
      await database.query(notify);
      await world.clock.sleep(100);
      expect(calls).toBe(2);
    });

    it.each([
      ['its connection was lost', () => Promise.resolve(world.cut())],
      [
        'the server was away',
        async () => {
          await world.away();
          await world.clock.sleep(200);
          await world.back();
        },
      ],
    ])('is called when it may have missed a notification: %s', async (_, befall) => {
      let calls = 0;
      const listening = await database.listen('news', () => calls++);
      await befall();
      await soon('it was told', () => calls === 1);
      await soon('the database answers again', () => database.query(notify).then(() => true));
      await soon('it hears again', () => calls > 1);
      await listening.close();
    });
  });

  describe('closing', () => {
    it('waits for connections in use, and rejects further work', async () => {
      const own = await world.open();
      const { promise, resolve } = Promise.withResolvers<void>();
      const working = own.transaction(async (tx) => {
        await promise;
        await tx.query(insert, ['a', 1]);
      });
      await world.clock.sleep(50);
      const closing = own.close();
      const error = await failureOf(own.query(list));
      expect(own.isTransient(error)).toBe(true);
      expect(await isWaiting(closing)).toBe(true);
      resolve();
      await working;
      await closing;
      expect(await database.query(list)).toEqual([{ id: 'a', amount: 1 }]);
    });
  });
}
