import { describe, expect, it } from '@jest/globals';
import { growth, tallyService } from './testing/tally.js';

describe('the consumer of steps', () => {
  it('retries while the store is away, and parks nothing', async () => {
    let pauses = 0;
    const service = tallyService({ onPause: () => pauses++ });
    service.store.away = 30;
    const handled = service.consumer.handle([growth('ch_a', 1), growth('ch_b', 2)]);
    while (service.store.away > 0) {
      await new Promise(setImmediate);
      await service.clock.advance(5_000);
    }
    await service.clock.advance(5_000); // the store is back; the last pause must end
    await handled;
    expect(pauses).toBe(30);
    expect(service.store.books.parked).toEqual([]);
    expect(service.store.books.tallies.size).toBe(2);
  });

  it('parks one poison event among many, with a dead letter that names its topic, partition and offset', async () => {
    const service = tallyService();
    const deliveries = Array.from({ length: 64 }, (_, index) => growth(`ch_${index}`, index === 40 ? 13 : 1));
    await service.consumer.handle(deliveries);
    const { books } = service.store;
    expect(books.tallies.size).toBe(63);
    expect(books.parked).toMatchObject([{ key: 'ch_40' }]);
    const letters = books.said.filter(({ topic }) => topic === 'ledger.dlq');
    expect(letters).toMatchObject([
      {
        id: deliveries[40]!.event.id,
        key: 'ch_40',
        deadLetter: { ...deliveries[40]!.origin, consumer: 'ledger', error: 'thirteen is a bug' },
      },
    ]);
  });

  it('parks an event that violates its schema, and names the field', async () => {
    const service = tallyService();
    await service.consumer.handle([growth('ch_a', 'many'), growth('ch_b', 1)]);
    expect(service.store.books.parked[0]!.error).toMatch(/payments\.grew\.v1 does not match its contract[^]*by/);
    expect([...service.store.books.tallies.keys()]).toEqual(['ch_b']);
  });

  it('skips events that it has no step for', async () => {
    const service = tallyService();
    const { event, origin } = growth('ch_a', 1);
    await service.consumer.handle([{ event: { ...event, type: 'payments.something_else.v1' }, origin }]);
    expect(service.store.commits).toBe(0);
  });

  it('gathers deliveries of several partitions into one commit', async () => {
    const service = tallyService();
    await Promise.all([1, 2, 3].map((n) => service.consumer.handle([growth(`ch_${n}`, n)])));
    expect(service.store.commits).toBe(1);
  });

  it('rejects a paused batch when it is stopped, so that the bus redelivers it', async () => {
    const service = tallyService();
    service.store.away = Infinity;
    const handled = service.consumer.handle([growth('ch_a', 1)]);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    await Promise.all([expect(handled).rejects.toThrow('the consumer is stopping'), service.consumer.stop()]);
  });
});
