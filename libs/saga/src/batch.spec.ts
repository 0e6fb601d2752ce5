import { describe, expect, it } from '@jest/globals';
import { growth, tallyService } from './testing/tally.js';

const totals = ({ store }: ReturnType<typeof tallyService>) =>
  Object.fromEntries([...store.books.tallies].map(([id, { total }]) => [id, total]));
const said = ({ store }: ReturnType<typeof tallyService>) => store.books.said.map(({ data }) => data);

describe('a batch of steps', () => {
  it('runs the effects that a repository returned after the commit, or takes them back after a rollback', async () => {
    const { consumer, store, done } = tallyService();
    store.refusals = 1;
    await consumer.handle([growth('ch_a', 1), growth('ch_a', 2)]);
    const effect = { kind: 'tally_grown', chargeId: 'ch_a' };
    expect(done).toEqual([
      { after: 'rollback', ...effect, total: 3 },
      { after: 'commit', ...effect, total: 1 },
      { after: 'commit', ...effect, total: 3 },
    ]);
  });

  it('folds every event over its aggregate, in order, in one commit', async () => {
    const service = tallyService();
    await service.consumer.handle([growth('ch_a', 1), growth('ch_b', 5), growth('ch_a', 2)]);
    expect(totals(service)).toEqual({ ch_a: 3, ch_b: 5 });
    expect(said(service)).toEqual([
      { chargeId: 'ch_a', total: 1 },
      { chargeId: 'ch_b', total: 5 },
      { chargeId: 'ch_a', total: 3 },
    ]);
    expect(service.store.commits).toBe(1);
  });

  it('carries the trace of each event on to the events that it causes', async () => {
    const service = tallyService();
    await service.consumer.handle([growth('ch_a', 1, 'first'), growth('ch_b', 1, 'second')]);
    expect(service.store.books.said.map(({ traceparent }) => traceparent)).toEqual([
      'trace of first',
      'trace of second',
    ]);
  });

  it('drops a redelivery, in the same batch and in a later one', async () => {
    const service = tallyService();
    await service.consumer.handle([growth('ch_a', 1, 'once'), growth('ch_a', 1, 'once')]);
    await service.consumer.handle([growth('ch_a', 1, 'once')]);
    expect(totals(service)).toEqual({ ch_a: 1 });
    expect(said(service)).toHaveLength(1);
  });

  it('answers a resent event that it has seen by restating its last events, under their first ids', async () => {
    const service = tallyService();
    await service.consumer.handle([growth('ch_a', 4, 'once')]);
    await service.consumer.handle([growth('ch_a', 4, 'once', { resent: true })]);
    const [first, again] = service.store.books.said;
    expect(totals(service)).toEqual({ ch_a: 4 });
    expect(again).toMatchObject({ id: first!.id, data: { chargeId: 'ch_a', total: 4 }, resent: true });
    expect(first!.resent).toBeUndefined();
  });

  it('restates nothing for a parked key: two services would resend to each other until its replay', async () => {
    const service = tallyService();
    await service.consumer.handle([growth('ch_a', 4, 'once')]);
    await service.consumer.handle([growth('ch_a', 13), growth('ch_a', 1, 'behind')]);
    const { length } = service.store.books.said;
    await service.consumer.handle([
      growth('ch_a', 4, 'once', { resent: true }),
      growth('ch_a', 1, 'behind', { resent: true }),
    ]);
    expect(service.store.books.said).toHaveLength(length);
  });

  it('decides a resent event that it has not seen like any other', async () => {
    const service = tallyService();
    await service.consumer.handle([growth('ch_a', 4, 'lost before', { resent: true })]);
    expect(totals(service)).toEqual({ ch_a: 4 });
  });

  it('leaves an event that came too soon out of the inbox, and decides it when it is resent behind the lost one', async () => {
    const service = tallyService();
    await service.consumer.handle([growth('ch_a', -1, 'less')]);
    await service.consumer.handle([growth('ch_a', -1, 'less', { resent: true })]);
    expect(totals(service)).toEqual({});
    await service.consumer.handle([
      growth('ch_a', -1, 'less'),
      growth('ch_a', 5, 'lost before', { resent: true }),
      growth('ch_a', -1, 'less', { resent: true }),
      growth('ch_a', -1, 'less', { resent: true }),
    ]);
    expect(totals(service)).toEqual({ ch_a: 4 });
  });

  it('parks later events of a key behind its parked event, and lets other keys pass', async () => {
    const service = tallyService();
    await service.consumer.handle([growth('ch_a', 13)]);
    await service.consumer.handle([growth('ch_a', 1), growth('ch_b', 2)]);
    expect(totals(service)).toEqual({ ch_b: 2 });
    expect(service.store.books.parked).toMatchObject([
      { key: 'ch_a', behind: false, error: 'thirteen is a bug' },
      { key: 'ch_a', behind: true },
    ]);
  });
});
