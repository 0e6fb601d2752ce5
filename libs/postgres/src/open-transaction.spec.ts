import { describe, expect, it } from '@jest/globals';
import { DatabaseError } from 'pg';
import type { BoundStatement, PipelinedConnection, StatementOutcome } from './connection.js';
import { OpenTransaction } from './open-transaction.js';
import { statement } from './statement.js';
import type { PgTransaction } from './transaction.js';
import { CommitUnknownError } from './transient.js';
import { outcomeOf } from './testing/transaction-outcome.js';

const [read, lock, write, append] = ['read', 'lock', 'write', 'append'].map((name) =>
  statement(`spec.${name}`, `SELECT '${name}'`),
) as [
  ReturnType<typeof statement>,
  ReturnType<typeof statement>,
  ReturnType<typeof statement>,
  ReturnType<typeof statement>,
];

const refused = Object.assign(new DatabaseError('refused', 7, 'error'), { code: '23505' });
const ended = Object.assign(new DatabaseError('terminating connection', 7, 'error'), { code: '57P01' });
const lost = new Error('Connection terminated unexpectedly');

type Answer = (statements: readonly BoundStatement[]) => Promise<readonly StatementOutcome[]>;

/** A connection that notes its round trips, each as the names of its statements. */
class NotedConnection implements PipelinedConnection {
  readonly roundTrips: string[][] = [];

  /** @param answers of the round trip at this place, where it is not the usual one */
  constructor(private readonly answers: Readonly<Record<number, Answer>> = {}) {}

  send(statements: readonly BoundStatement[]): Promise<readonly StatementOutcome[]> {
    const answer = this.answers[this.roundTrips.length] ?? usual;
    this.roundTrips.push(statements.map(({ name }) => name.replace('spec.', '')));
    return answer(statements);
  }
}

const usual: Answer = async (statements) =>
  statements.map(({ name, values }) => ({ command: name, rows: [{ name, values }] }));
const fails = (error: Error): Answer => {
  return async () => {
    throw error;
  };
};

async function perform(connection: PipelinedConnection, work: (tx: PgTransaction) => Promise<unknown>) {
  const tx = new OpenTransaction(connection);
  const outcome = await outcomeOf({ transaction: (run) => tx.perform(run) }, work);
  return { ...outcome, clean: tx.clean };
}

/** As a batch: inbox and load without an await between them, then save and outbox. */
async function likeABatch(tx: PgTransaction): Promise<void> {
  const inbox = async () => Promise.all([tx.query(read), tx.query(read)]);
  const load = async () => tx.query(lock);
  await Promise.all([inbox(), load()]);
  const save = async () => tx.enqueue(write);
  await save();
  tx.enqueue(append);
}

describe('OpenTransaction', () => {
  it('makes two round trips for a batch: BEGIN travels with what is read, COMMIT with what is written', async () => {
    const connection = new NotedConnection();
    expect(await perform(connection, likeABatch)).toEqual({ effects: ['commit'], error: undefined, clean: true });
    expect(connection.roundTrips).toEqual([
      ['BEGIN', 'read', 'read', 'lock'],
      ['write', 'append', 'COMMIT'],
    ]);
  });

  it('needs one for a write whose answer is not awaited, and none more when an answer is wanted at the commit', async () => {
    const connection = new NotedConnection();
    const order: unknown[] = [];
    await perform(connection, async (tx) => {
      tx.onCommit(() => order.push('committed'));
      tx.enqueue(write, [1], (rows) => order.push(rows));
    });
    expect(connection.roundTrips).toEqual([['BEGIN', 'write', 'COMMIT']]);
    expect(order).toEqual([[{ name: 'spec.write', values: [1] }], 'committed']);
  });

  it('sends what is enqueued with the next query, in the order of the calls', async () => {
    const connection = new NotedConnection();
    await perform(connection, async (tx) => {
      tx.enqueue(write);
      await new Promise((resolve) => setImmediate(resolve));
      await tx.query(read);
    });
    expect(connection.roundTrips).toEqual([['BEGIN', 'write', 'read'], ['COMMIT']]);
  });

  it('sends nothing behind a round trip that has not been answered', async () => {
    const answered = Promise.withResolvers<void>();
    const connection = new NotedConnection({ 0: (statements) => answered.promise.then(() => usual(statements)) });
    const work = perform(connection, async (tx) => {
      const first = tx.query(read);
      await new Promise((resolve) => setImmediate(resolve));
      void tx.query(write);
      await new Promise((resolve) => setImmediate(resolve));
      expect(connection.roundTrips).toEqual([['BEGIN', 'read']]);
      answered.resolve();
      await first;
    });
    expect(await work).toMatchObject({ effects: ['commit'] });
    expect(connection.roundTrips).toEqual([
      ['BEGIN', 'read'],
      ['write', 'COMMIT'],
    ]);
  });

  it('sends no COMMIT after a failure, also when the work caught it and went on', async () => {
    const connection = new NotedConnection({ 0: fails(refused) });
    const outcome = await perform(connection, async (tx) => {
      await tx.query(read).catch(() => []);
      await expect(tx.query(write)).rejects.toBe(refused);
      tx.enqueue(write);
    });
    expect(outcome).toEqual({ effects: ['rollback'], error: refused, clean: true });
    expect(connection.roundTrips).toEqual([['BEGIN', 'read'], ['ROLLBACK']]);
  });

  it('ends its transaction, and keeps the connection, when a statement in the round trip of COMMIT is refused', async () => {
    const connection = new NotedConnection({ 1: fails(refused) });
    expect(await perform(connection, likeABatch)).toEqual({ effects: ['rollback'], error: refused, clean: true });
    expect(connection.roundTrips.at(-1)).toEqual(['ROLLBACK']);
  });

  it.each([
    ['the connection is lost', lost],
    ['the server ends the session', ended],
  ])('does not know its outcome when %s in the round trip of COMMIT, and gives up the connection', async (_, error) => {
    const connection = new NotedConnection({ 1: fails(error) });
    const outcome = await perform(connection, likeABatch);
    expect(outcome).toMatchObject({ effects: ['rollback'], clean: false });
    expect(outcome.error).toBeInstanceOf(CommitUnknownError);
    expect(connection.roundTrips).toHaveLength(2);
  });

  it('knows that nothing was committed when the connection is lost before the round trip of COMMIT', async () => {
    const connection = new NotedConnection({ 0: fails(lost) });
    expect(await perform(connection, likeABatch)).toEqual({ effects: ['rollback'], error: lost, clean: false });
    expect(connection.roundTrips).toHaveLength(1);
  });

  it('rejects when COMMIT is answered by ROLLBACK', async () => {
    const connection = new NotedConnection({
      1: async (statements) => statements.map(() => ({ command: 'ROLLBACK', rows: [] })),
    });
    const outcome = await perform(connection, likeABatch);
    expect(outcome).toMatchObject({ effects: ['rollback'], clean: true });
    expect(outcome.error).toMatchObject({ message: 'COMMIT was answered by ROLLBACK' });
  });

  it.each([0, 1])('commits nothing when a value cannot be serialized in round trip %i', async (place) => {
    const unserializable: Answer = () => {
      throw new TypeError('circular');
    };
    const connection = new NotedConnection({ [place]: unserializable });
    const outcome = await perform(connection, likeABatch);
    expect(outcome).toMatchObject({ effects: ['rollback'], error: { message: 'circular' }, clean: true });
    expect(connection.roundTrips.slice(place + 1)).toEqual(place === 0 ? [] : [['ROLLBACK']]);
  });

  it('ends after the round trip in flight when its work throws meanwhile', async () => {
    const answered = Promise.withResolvers<void>();
    const connection = new NotedConnection({ 0: (statements) => answered.promise.then(() => usual(statements)) });
    const bug = new Error('a bug');
    const work = perform(connection, async (tx) => {
      void tx.query(read);
      await new Promise((resolve) => setImmediate(resolve));
      setImmediate(() => answered.resolve());
      throw bug;
    });
    expect(await work).toEqual({ effects: ['rollback'], error: bug, clean: true });
    expect(connection.roundTrips).toEqual([['BEGIN', 'read'], ['ROLLBACK']]);
  });

  it('writes a value as it was at the call', async () => {
    const sent: unknown[] = [];
    const connection = new NotedConnection({
      0: (statements) => {
        sent.push(...statements[1]!.values);
        return usual(statements);
      },
    });
    await perform(connection, async (tx) => {
      const ids = ['a'];
      tx.enqueue(write, [ids]);
      ids.push('b');
    });
    expect(sent).toEqual([['a']]);
  });
});
