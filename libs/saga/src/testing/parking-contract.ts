import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { statement } from '#postgres';
import type { DatabaseWorld, OpenDatabaseWorld } from '../../../postgres/src/testing/database-world.js';
import { waitsForLock } from '../../../postgres/src/testing/waits-for-lock.js';
import type { Delivery } from '../store.js';
import { GrowingLists, listsSql, number } from './growing-lists.js';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** The contract of consumers, parking and replays: a poison event is parked, and later events of its key behind it. */
export function parkingContract(open: OpenDatabaseWorld): void {
  let world: DatabaseWorld;
  let lists: GrowingLists;
  beforeAll(async () => {
    world = await open(listsSql);
    lists = new GrowingLists(await world.open(), world.clock);
  });
  beforeEach(() => lists.empty());
  afterAll(() => world.close());

  const idsParked = async (key: string): Promise<string[]> =>
    (await lists.parked.ofKey(key)).map(({ event }) => event.id);

  const isWaiting = async (promise: Promise<unknown>): Promise<void> =>
    expect(await waitsForLock(world, promise)).toBe(true);

  describe('parking', () => {
    it('parks the one event that fails and later ones of its key in the same batch, in order, and no other key', async () => {
      lists.poison.add('a.1');
      const { consumer } = lists.instance();
      await consumer.handle(upTo(4).flatMap((n) => [number('a', n), number('b', n)]));
      await consumer.handle([number('a', 4)]);
      expect(await lists.numbers()).toEqual({ a: [0], b: [0, 1, 2, 3] });
      expect(await idsParked('a')).toEqual(['a.1', 'a.2', 'a.3', 'a.4']);
      expect(await lists.parked.keys()).toMatchObject([
        { key: 'a', events: 4, id: 'a.1', error: '1 is a bug', attempts: 4, replayRequestedAt: null },
      ]);
    });

    it('sends one dead letter, with the event’s topic, partition, offset, attempts, error and trace', async () => {
      lists.poison.add('a.0');
      const poison = number('a', 0);
      await lists.instance().consumer.handle([poison, number('a', 1)]);
      expect(lists.letters).toEqual([
        {
          ...poison.event,
          topic: 'ledger.dlq',
          deadLetter: { ...poison.origin, consumer: 'ledger', attempts: 2, error: '0 is a bug' },
        },
      ]);
      expect(lists.letters[0]!.traceparent).toBe('trace of a.0');
    });

    it('drops a redelivery of a parked event', async () => {
      lists.poison.add('a.0');
      const { consumer } = lists.instance();
      await consumer.handle([number('a', 0), number('a', 1)]);
      await consumer.handle([number('a', 0), number('a', 1)]);
      expect(await idsParked('a')).toEqual(['a.0', 'a.1']);
      expect(lists.letters).toHaveLength(1);
    });

    it('parks an event whose text neither an index nor jsonb accepts', async () => {
      const hostile: Delivery = number('a', 0);
      const event = { ...hostile.event, data: { chargeId: 'a', by: 'null \0 and half a pair \ud800' } };
      await lists.instance().consumer.handle([{ ...hostile, event }, number('b', 0)]);
      expect(await lists.numbers()).toEqual({ b: [0] });
      expect(await lists.parked.find('a.0')).toMatchObject({ event: { data: event.data }, attempts: 2 });
    });

    it('does not park an event that another consumer has decided since it failed here', async () => {
      // During a rolling upgrade only one of the two releases has the bug.
      lists.poison.add('a.0');
      const dropped: string[] = [];
      const onDropped = ({ delivery }: { delivery: Delivery }): void => void dropped.push(delivery.event.id);
      const mended = lists.instance();
      let transactions = 0;
      const old = lists.instance({ steps: { onDropped } }, async () => {
        if (++transactions === 2) {
          // The consumer is about to park the event.
          lists.poison.clear();
          await mended.consumer.handle([number('a', 0)]);
        }
        return 'none' as const;
      });
      await old.consumer.handle([number('a', 0)]);
      expect(dropped).toEqual(['a.0']);
      expect(await lists.numbers()).toEqual({ a: [0] });
      expect(await lists.parked.keys()).toEqual([]);
      expect(lists.letters).toEqual([]);
    });

    it('parks behind an event that another consumer is parking', async () => {
      const { consumer } = lists.instance();
      const parking = lists.database.transaction(async (tx) => {
        await tx.query(
          statement(
            'spec_parking',
            `WITH seen AS (INSERT INTO inbox (id, source) VALUES ('a.0', 'payments-api')),
               held AS (INSERT INTO parked_key (key) VALUES ('a'))
             INSERT INTO parked_event (id, source, key, event, origin, behind, error)
             VALUES ('a.0', 'payments-api', 'a', '{"id":"a.0"}', '{}', false, 'a bug')`,
          ),
        );
        // The batch holds both events: its inbox waits for our transaction, and must then see the parked key.
        const handled = consumer.handle([number('a', 0), number('a', 1)]);
        await isWaiting(handled);
        return { handled };
      });
      await (
        await parking
      ).handled;
      expect(await lists.numbers()).toEqual({});
      expect(await idsParked('a')).toEqual(['a.0', 'a.1']);
    });
  });

  describe('a replay', () => {
    it('decides parked events in order, frees the key, and leaves other keys parked', async () => {
      lists.poison.add('a.1').add('b.0');
      const { consumer, replay } = lists.instance();
      await consumer.handle(upTo(200).map((n) => number('a', n)));
      await consumer.handle([number('b', 0)]);
      lists.poison.clear();
      expect(await lists.parked.requestReplay({ by: 'key', key: 'a' })).toEqual(['a']);
      await replay.run();
      expect(await lists.numbers()).toEqual({ a: upTo(200) });
      expect((await lists.parked.keys()).map(({ key }) => key)).toEqual(['b']);
      await consumer.handle([number('a', 200), number('a', 150)]);
      expect(await lists.numbers()).toEqual({ a: upTo(201) });
    });

    it.each([
      ['all', { by: 'all' } as const, ['a', 'b']],
      ['an error', { by: 'error', text: '7 is a BUG' } as const, ['b']],
      ['an event behind the first', { by: 'event', event: 'a.3' } as const, ['a']],
    ])('is requested by %s', async (_by, selection, keys) => {
      lists.poison.add('a.2').add('b.7');
      const { consumer } = lists.instance();
      await consumer.handle([number('a', 2), number('a', 3), number('b', 7)]);
      expect(await lists.parked.requestReplay(selection)).toEqual(keys);
    });

    it('stops at the first event that fails again, with its new error and one dead letter per failed event', async () => {
      lists.poison.add('a.1').add('a.5');
      const failures: string[] = [];
      const { consumer, replay } = lists.instance({
        replay: { onFailedAgain: ({ event }) => void failures.push(event.event.id) },
      });
      await consumer.handle(upTo(9).map((n) => number('a', n)));
      lists.poison.delete('a.1');
      for (const _again of ['once', 'twice']) {
        await lists.parked.requestReplay({ by: 'all' });
        await replay.run();
      }
      expect(failures).toEqual(['a.5', 'a.5']);
      expect(await lists.numbers()).toEqual({ a: upTo(5) });
      expect(await idsParked('a')).toEqual(['a.5', 'a.6', 'a.7', 'a.8']);
      expect(await lists.parked.keys()).toMatchObject([
        { id: 'a.5', error: '5 is a bug', attempts: 2, replayRequestedAt: null },
      ]);
      expect(lists.letters.map(({ id }) => id)).toEqual(['a.1', 'a.5']);
    });

    it('makes a delivery of its key wait, and then lets it be decided', async () => {
      lists.poison.add('a.0');
      const { consumer } = lists.instance();
      await consumer.handle([number('a', 0)]);
      lists.poison.clear();
      await lists.parked.requestReplay({ by: 'all' });
      let handled: Promise<void> | undefined;
      const { replay } = lists.instance({}, undefined, async () => {
        // At the end of the replay's transaction, before it commits.
        handled ??= consumer.handle([number('a', 1), number('b', 0)]);
        await isWaiting(handled);
      });
      await replay.run();
      await handled;
      expect(await lists.numbers()).toEqual({ a: [0, 1], b: [0] });
      expect(await lists.parked.keys()).toEqual([]);
    });

    it('renews the inbox ids of replayed events, so that a late copy is dropped', async () => {
      lists.poison.add('a.0');
      const { consumer, replay } = lists.instance();
      await consumer.handle([number('a', 0)]);
      await lists.database.query(statement('spec_forget', `DELETE FROM inbox`));
      lists.poison.clear();
      await lists.parked.requestReplay({ by: 'all' });
      await replay.run();
      await consumer.handle([number('a', 0)]);
      expect(await lists.numbers()).toEqual({ a: [0] });
    });

    it('skips a discarded event, whose row stays with the reason', async () => {
      lists.poison.add('a.1');
      const { consumer, replay } = lists.instance();
      await consumer.handle(upTo(4).map((n) => number('a', n)));
      expect(await lists.parked.discard('a.1', 'sent by mistake')).toBe(2);
      await lists.parked.requestReplay({ by: 'all' });
      await replay.run();
      await consumer.handle([number('a', 1), number('a', 4)]);
      expect(await lists.numbers()).toEqual({ a: [0, 2, 3, 4] });
      expect(await lists.parked.find('a.1')).toMatchObject({ discardReason: 'sent by mistake' });
      expect(await lists.parked.discard('a.1', 'again')).toBeUndefined();
    });

    it('reports a discard once when two operators discard the same event at the same time', async () => {
      lists.poison.add('a.0');
      const { consumer } = lists.instance();
      await consumer.handle([number('a', 0)]);
      const both = await Promise.all([lists.parked.discard('a.0', 'no'), lists.parked.discard('a.0', 'no')]);
      expect(both.filter((left) => left !== undefined)).toEqual([0]);
    });

    it('frees a key whose only event was discarded', async () => {
      lists.poison.add('a.0');
      const { consumer } = lists.instance();
      await consumer.handle([number('a', 0)]);
      expect(await lists.parked.discard('a.0', 'no')).toBe(0);
      await consumer.handle([number('a', 1)]);
      expect(await lists.numbers()).toEqual({ a: [1] });
    });
  });

  describe('deliveries to two consumers, parking, replays and crashes, all at once', () => {
    const run = fc.record({
      keys: fc.integer({ min: 1, max: 3 }),
      events: fc.integer({ min: 1, max: 16 }),
      poison: fc.array(fc.tuple(fc.nat(2), fc.nat(15)), { minLength: 1, maxLength: 4 }),
      batches: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
      fixedAfter: fc.nat(12),
      faults: fc.array(fc.constantFrom('none' as const, 'none' as const, 'before' as const, 'after' as const), {
        maxLength: 24,
      }),
    });

    it('process every event of a key once, in order', async () => {
      await fc.assert(
        fc.asyncProperty(run, async ({ keys, events, poison, batches, fixedAfter, faults }) => {
          await lists.empty();
          const names = ['a', 'b', 'c'].slice(0, keys);
          for (const [key, n] of poison) lists.poison.add(`${names[key % keys]}.${n % events}`);
          const all = upTo(events).flatMap((n) => names.map((key) => number(key, n)));

          let transactions = 0;
          const fault = (): 'none' | 'before' | 'after' => {
            if (++transactions === fixedAfter) lists.poison.clear();
            return faults[transactions] ?? 'none';
          };
          // After a rebalance two consumers hold the same events, each in order.
          const consume = async (sizes: readonly number[]): Promise<void> => {
            const { consumer } = lists.instance({}, fault);
            for (let from = 0, turn = 0; from < all.length; turn++) {
              const size = sizes[turn % sizes.length]!;
              await consumer.handle(all.slice(from, from + size));
              from += size;
            }
          };
          const delivered = new AbortController();
          const replayOver = async (): Promise<void> => {
            const { replay } = lists.instance({}, fault);
            while (!delivered.signal.aborted) {
              await lists.parked.requestReplay({ by: 'all' });
              // After a crash the replay is still requested.
              await replay.run().catch((error: unknown) => {
                if (!lists.database.isTransient(error)) throw error;
              });
            }
          };
          const replays = [replayOver(), replayOver()];
          await Promise.all([consume(batches), consume(batches.toReversed())]);
          delivered.abort();
          await Promise.all(replays);

          lists.poison.clear();
          await lists.parked.requestReplay({ by: 'all' });
          await lists.instance().replay.run();
          expect(await lists.numbers()).toEqual(Object.fromEntries(names.map((key) => [key, upTo(events)])));
          expect(await lists.parked.keys()).toEqual([]);
        }),
        { numRuns: 40, endOnFailure: true },
      );
    }, 120_000);
  });
}
