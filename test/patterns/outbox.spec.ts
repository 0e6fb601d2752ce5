import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import type { CloudEvent } from '#contracts';
import { leaseTableSql } from '#leases';
import { outboxTableSql, type Bus } from '#messaging';
import { statement, type PgTransaction } from '#postgres';
import type { DatabasePort, DatabaseWorld } from '../../libs/postgres/src/testing/database-world.js';
import { simulatedDatabaseWorld } from '../../proof/virtual-time/src/testing/simulated-database-world.js';
import { bothVersions } from './both-versions.js';
import { HardenedPublisher } from './hardened-publisher.js';
import { NaivePublisher } from './naive-publisher.js';

interface Publisher {
  commit(change: (tx: PgTransaction) => Promise<unknown>, event: CloudEvent): Promise<void>;
}
type Start = (bus: Pick<Bus, 'publish'>) => Promise<Publisher>;

const placeOrder = statement('patterns.place_order', `INSERT INTO placed_order (id) VALUES ($1)`);
const countOrders = statement('patterns.count_orders', 'SELECT count(*) AS orders FROM placed_order');
const orderPlaced: CloudEvent = {
  id: 'order_1.placed',
  type: 'orders.placed.v1',
  source: 'orders',
  topic: 'orders.events',
  key: 'order_1',
  time: 0,
  data: {},
};
const place = (tx: PgTransaction): Promise<unknown> => tx.query(placeOrder, ['order_1']);

let world: DatabaseWorld;
let database: DatabasePort;
let stop: () => Promise<void>;
beforeEach(async () => {
  world = simulatedDatabaseWorld(`${outboxTableSql} ${leaseTableSql} CREATE TABLE placed_order (id text PRIMARY KEY);`);
  database = await world.open();
  stop = () => Promise.resolve();
});
afterEach(async () => {
  await stop();
  await world.close();
});

/** A broker that rejects its first sends. */
function broker(failures: number) {
  const published: string[] = [];
  let sends = 0;
  const publish = async (events: readonly CloudEvent[]): Promise<void> => {
    sends += 1;
    if (sends <= failures) throw new Error('the broker is down');
    published.push(...events.map(({ id }) => id));
  };
  return { published, publish };
}
/** Committed orders and published events after thirty seconds. */
async function ended(published: readonly string[]) {
  await world.clock.sleep(30_000);
  const [row] = await database.query<{ orders: number }>(countOrders);
  return { orders: row!.orders, published };
}

const versions: { naive: Start; hardened: Start } = {
  naive: (bus) => Promise.resolve(new NaivePublisher(database, bus)),
  hardened: async (bus) => {
    const publisher = new HardenedPublisher(database, bus, world.clock);
    stop = () => publisher.stop();
    await publisher.start();
    return publisher;
  },
};

describe('outbox', () => {
  bothVersions<Start>(versions, {
    async 'a committed event is published although the broker was down'(start) {
      const { published, publish } = broker(2);
      const publisher = await start({ publish });
      await publisher.commit(place, orderPlaced).catch(() => undefined);
      expect(await ended(published)).toEqual({ orders: 1, published: [orderPlaced.id] });
    },
    async 'a committed event is published although the answer to COMMIT was lost'(start) {
      const { published, publish } = broker(0);
      const publisher = await start({ publish });
      world.loseNextCommit('after');
      await publisher.commit(place, orderPlaced).catch(() => undefined);
      expect(await ended(published)).toEqual({ orders: 1, published: [orderPlaced.id] });
    },
  });
});
