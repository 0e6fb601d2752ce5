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
});
