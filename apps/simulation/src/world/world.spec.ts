import { beforeAll, describe, expect, it } from '@jest/globals';
import { outsidePromises } from '#simulation';
import { definitions, run } from '../campaign/one-run.js';
import { planned, type Schedule } from '../schedule/schedule.js';
import type { Definitions, Outcome } from './world.js';

let services: Definitions;
beforeAll(async () => {
  services = await definitions();
});

const happens = (schedule: Schedule): Promise<Outcome> => outsidePromises(() => run(schedule, services));

describe('a world', () => {
  it('tells the same story, byte for byte, whenever it is begun from the same seed', async () => {
    const [first, other, again] = [await happens(planned(3)), await happens(planned(4)), await happens(planned(3))];
    expect(again.story.toString()).toBe(first.story.toString());
    expect(again.events).toBe(first.events);
    expect(other.story.toString()).not.toBe(first.story.toString());
  }, 60_000);

  it('settles every charge where nothing goes wrong', async () => {
    const { operations, ...schedule } = planned(5);
    // A charge that is only authorized may rest so for a week.
    const captured = operations.map((operation) =>
      operation.kind === 'create' ? { ...operation, capture: true } : operation,
    );
    const outcome = await happens({ ...schedule, operations: captured, faults: [] });
    expect(outcome.bugs).toEqual([]);
    expect(outcome.verdict).toMatchObject({ holds: true });
    const settled = [...outcome.counts.byName].filter(([name]) => name.startsWith('charges_settled_total'));
    expect(settled.reduce((sum, [, count]) => sum + count, 0)).toBe(outcome.verdict.charges);
  });

  it('starts a service again that loses its database on the way up', async () => {
    const lostAt = (lostMs: number): Schedule => ({
      seed: 1,
      operations: [{ kind: 'create', id: 0, atMs: 2_000, source: 'tok_visa', amountMinor: 1_000, capture: true }],
      faults: [
        { kind: 'kill', atMs: 1_000, service: 'payments-api', instance: 0, downMs: 100 },
        { kind: 'database_away', atMs: 1_100 + lostMs, service: 'payments-api', forMs: 3_000 },
      ],
      lingerMs: 0,
      settings: {},
    });
    const outcomes: Outcome[] = [];
    for (let lostMs = 0; lostMs < 4; lostMs += 0.2) outcomes.push(await happens(lostAt(lostMs)));
    expect(outcomes.flatMap(({ bugs }) => bugs)).toEqual([]);
    expect(outcomes.every(({ verdict }) => verdict.holds)).toBe(true);
    expect(outcomes.some(({ story }) => story.toString().includes('could not start'))).toBe(true);
  });
});
