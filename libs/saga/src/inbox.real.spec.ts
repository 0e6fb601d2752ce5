import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { growth } from './testing/tally.js';
import { testDatabase } from '#testing';
import { inboxTablesSql, parkingTablesSql, PostgresInbox } from './inbox.repository.js';
import type { Delivery } from './store.js';

type Given = Awaited<ReturnType<typeof testDatabase>>;
const inbox = new PostgresInbox();
let given: Given;

const admit = (deliveries: Delivery[]) => given.database.transaction((tx) => inbox.admit(tx, deliveries));
const batch = (size: number, prefix: string) =>
  Array.from({ length: size }, (_, n) => growth(`ch_${prefix}`, 1, `${prefix}.${n}`));

beforeAll(async () => {
  given = await testDatabase('inbox');
  for (const [place, text] of `${inboxTablesSql} ${parkingTablesSql}`
    .split(';')
    .filter((sql) => sql.trim())
    .entries()) {
    await given.database.query({ name: `inbox_tables_${place}`, text });
  }
});
afterAll(() => given.drop());

describe('the inbox in Postgres', () => {
  it('admits an event once', async () => {
    const deliveries = batch(3, 'once');
    expect((await admit(deliveries)).fresh.size).toBe(3);
    expect((await admit([...deliveries, ...batch(4, 'once').slice(3)])).fresh).toEqual(
      new Set([`payments-api once.3`]),
    );
  });

  it('makes each of the same events new to exactly one of two consumers, in whatever order they hold them', async () => {
    for (let round = 0; round < 20; round++) {
      const deliveries = batch(50, `round${round}`);
      const [one, other] = await Promise.all([admit(deliveries), admit(deliveries.toReversed())]);
      expect(one.fresh.size + other.fresh.size).toBe(50);
    }
  });

  it('forgets what a rolled-back batch had admitted', async () => {
    const deliveries = batch(2, 'rolled-back');
    await expect(
      given.database.transaction(async (tx) => {
        await inbox.admit(tx, deliveries);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect((await admit(deliveries)).fresh.size).toBe(2);
  });

  it('names the keys behind which events must park, and parks an event once', async () => {
    const poison = growth('ch_parked', 13);
    const park = () =>
      given.database.transaction(async (tx) => {
        await inbox.admit(tx, [poison]);
        await inbox.park(tx, poison, { error: 'bug', behind: false, attempts: 1 });
      });
    await park();
    await park();
    const admission = await admit([growth('ch_parked', 1), growth('ch_free', 1), poison]);
    expect(admission.parkedKeys).toEqual(new Set(['ch_parked']));
    expect(admission.fresh.size).toBe(2);
  });
});
