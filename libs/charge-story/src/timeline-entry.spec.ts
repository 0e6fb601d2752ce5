import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inOrder, type TimelineEntry } from './timeline-entry.js';

const moment = (
  id: string,
  at: number | null,
  because: string[] = [],
  more: Partial<TimelineEntry> = {},
): TimelineEntry => ({
  id,
  at,
  who: 'ledger',
  text: id,
  tone: 'plain',
  because,
  ...more,
});
const order = (moments: TimelineEntry[]): string[] => inOrder(moments).map(({ id }) => id);

describe('moments of several clocks', () => {
  it('stand by time', () => {
    expect(order([moment('late', 20), moment('early', 10)])).toEqual(['early', 'late']);
  });

  it('never show an effect above its cause, and say that its time is no clock’s', () => {
    const placed = inOrder([moment('effect', 5, ['cause']), moment('cause', 10), moment('between', 7)]);
    expect(placed.map(({ id, shownAt, isEstimate }) => [id, shownAt, isEstimate])).toEqual([
      ['between', 7, false],
      ['cause', 10, false],
      ['effect', 10, true],
    ]);
  });

  it('are linked by the events that are said and heard', () => {
    const says = [{ id: 'ch_1.hold_placed', name: 'ledger.hold_placed' }];
    expect(order([moment('hears', 1, ['ch_1.hold_placed']), moment('says', 2, [], { says })])).toEqual([
      'says',
      'hears',
    ]);
  });

  it('stand right behind their cause when nobody wrote down a time', () => {
    const placed = inOrder([
      moment('after', 30, ['untimed']),
      moment('untimed', null, ['first']),
      moment('first', 10),
      moment('other', 20),
    ]);
    expect(placed.map(({ id }) => id)).toEqual(['first', 'untimed', 'other', 'after']);
    expect(placed[1]!.shownAt).toBeNull();
  });

  it('are moved before what followed from them when they know only a bound', () => {
    const placed = inOrder([
      moment('asked', 50, ['first'], { atTheLatest: true }),
      moment('answered', 40, ['asked']),
      moment('first', 10),
    ]);
    expect(placed.map(({ id, shownAt }) => [id, shownAt])).toEqual([
      ['first', 10],
      ['asked', 40],
      ['answered', 40],
    ]);
    expect(placed[1]!.isEstimate).toBe(true);
  });

  it('keep every effect behind every cause, whatever the clocks say', () => {
    const story = fc
      .array(
        fc.record({
          at: fc.option(fc.integer({ min: 0, max: 50 })),
          bound: fc.boolean(),
          causes: fc.array(fc.nat(20), { maxLength: 3 }),
        }),
        { maxLength: 20 },
      )
      .map((drawn) =>
        drawn.map(({ at, bound, causes }, index) =>
          // Only on what was drawn before: a story has no circles.
          moment(
            `m${index}`,
            at,
            causes.filter((cause) => cause < index).map((cause) => `m${cause}`),
            { atTheLatest: bound },
          ),
        ),
      );
    fc.assert(
      fc.property(story, (moments) => {
        const placed = order([...moments].reverse());
        expect(placed).toHaveLength(moments.length);
        for (const { id, because } of moments)
          for (const cause of because) expect(placed.indexOf(cause)).toBeLessThan(placed.indexOf(id));
      }),
    );
  });
});
