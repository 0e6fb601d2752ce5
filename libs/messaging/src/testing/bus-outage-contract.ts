import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Clock } from '#clock';
import type { CloudEvent } from '#contracts';
import { eventually } from '#testing';
import type { Bus } from '../bus.js';

/** A broker that the test may stop. */
export interface OutageWorld {
  readonly clock: Clock;
  bus(): Bus;
  readonly topic: string;
  /** The kinds of outage. */
  readonly ways: () => Readonly<Record<string, { takeAway(): Promise<void>; bringBack(): Promise<void> }>>;
  close(): Promise<void>;
}

/** The longest recovery of a client after the broker is back. It takes a tenth of this on an idle machine. */
const BACK_WITHIN_MS = 3_000;

/** The contract of the bus port for an outage that is longer than every session time-out. */
export function busOutageContract(names: readonly string[], open: () => Promise<OutageWorld>): void {
  let world: OutageWorld;
  let bus: Bus;
  beforeAll(async () => {
    world = await open();
    bus = world.bus();
  }, 120_000);
  afterAll(async () => {
    await bus.close();
    await world.close();
  }, 60_000);

  const soon: typeof eventually = (what, condition) =>
    eventually(what, condition, { clock: world.clock, timeoutMs: 60_000 });

  /** Publishes one event after another and retries each, as the relay does. */
  function publishOn(prefix: string): { published: Set<string>; stop(): Promise<void> } {
    const { clock, topic } = world;
    const published = new Set<string>();
    const stopping = new AbortController();
    const running = (async () => {
      for (let number = 0; !stopping.signal.aborted; number++) {
        const id = `${prefix}${number}`;
        const event: CloudEvent = {
          id,
          type: 'test.counted.v1',
          source: 'test',
          topic,
          key: `k${number % 7}`,
          time: clock.now(),
          data: { number },
        };
        for (;;) {
          try {
            await bus.publish([event]);
            published.add(id);
            break;
          } catch {
            await clock.sleep(100);
          }
        }
      }
    })();
    return {
      published,
      async stop() {
        stopping.abort();
        await running;
      },
    };
  }

  it.each(names)(
    'publishes and consumes within 3 s after its broker, which was %s, is back, and has lost nothing',
    async (name) => {
      const way = world.ways()[name]!;
      const prefix = `${name[0]}-`;
      const seen = new Set<string>();
      const consumption = await bus.consume({
        group: `away-${name[0]}`,
        topics: [world.topic],
        onBatch: async (deliveries) => {
          for (const { event } of deliveries) if (event.id.startsWith(prefix)) seen.add(event.id);
        },
      });
      const publisher = publishOn(prefix);
      await soon('events flow', () => seen.size > 20);
      await way.takeAway();
      const before = publisher.published.size;
      await world.clock.sleep(25_000); // the length of the outage
      expect(publisher.published.size - before).toBeLessThanOrEqual(1);
      await way.bringBack();
      const answersSinceMs = world.clock.monotonicMs();
      const seenBefore = seen.size;
      await soon('events come again', () => seen.size > seenBefore);
      expect(world.clock.monotonicMs() - answersSinceMs).toBeLessThan(BACK_WITHIN_MS);
      await soon('events flow again', () => publisher.published.size > before + 20);
      await publisher.stop();
      const missing = (): string[] => [...publisher.published].filter((id) => !seen.has(id));
      await soon('all of them have come', () => missing().length === 0);
      await consumption.stop();
    },
    180_000,
  );
}
