import { describe, expect, it } from '@jest/globals';
import type { PlacedEntry } from '#charge-story';
import { layoutOf } from './layout.js';

const moment = (id: string, who: string, shownAt: number | null, more: Partial<PlacedEntry> = {}): PlacedEntry => ({
  id,
  at: shownAt,
  who,
  text: id,
  tone: 'plain',
  because: [],
  shownAt,
  isEstimate: false,
  ...more,
});
const asked = moment('asked', 'merchant', 100, {
  says: [{ id: 'ch_1.charge_requested', name: 'payments.charge_requested' }],
});
const attempt = moment('attempt', 'bank-gateway', 130, { asks: 'cedar', because: ['ch_1.charge_requested'] });
const twice = moment('twice', 'cedar', 131, { because: ['attempt'] });
const held = moment('held', 'ledger', 5_131, { because: ['unknown', 'attempt'] });

describe('the layout of a swimlane', () => {
  const { lanes, rows } = layoutOf({ beganAt: 100, moments: [asked, attempt, twice, held] });

  it('has a lane for each that took part, in the order of a charge’s way', () => {
    expect(lanes).toEqual(['merchant', 'payments-api', 'bank-gateway', 'cedar', 'ledger']);
  });

  it('draws each moment from the lane of its cause to its own, and on to the bank that is asked', () => {
    expect(rows.map(({ from, lane, to }) => [from, lane, to])).toEqual([
      [null, 0, null],
      [0, 2, 3],
      [2, 3, null],
      [2, 4, null],
    ]);
  });

  it('counts times from the request, and shows where time passed', () => {
    expect(rows.map(({ atMs, gapMs }) => [atMs, gapMs])).toEqual([
      [0, null],
      [30, null],
      [31, null],
      [5_031, 5_000],
    ]);
  });

  it('leaves a moment without a time where its cause puts it', () => {
    const { rows } = layoutOf({ beganAt: 100, moments: [asked, moment('later', 'ledger', null), held] });
    expect(rows.map(({ atMs }) => atMs)).toEqual([0, null, 5_031]);
  });
});
