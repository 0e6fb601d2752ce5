import { describe, expect, it } from '@jest/globals';
import { ledger } from '#contracts';
import { chargeId } from '../../test/charge.js';
import { accounts, booked, graceMs, noon, stated } from '../../test/two-accounts.js';
import type { ComparisonCandidate } from './comparison.repository.js';
import { differenceFound, reportAgainAt } from './difference.js';
import { judge } from './reconciliation.js';

const stray = stated('capture', 'c2');
const id = 'cedar.c2.unknown_to_ledger';
const suspect = (other: Partial<ComparisonCandidate> = {}): ComparisonCandidate => ({
  ...accounts([stray], []),
  since: noon - 1_000,
  open: [],
  ...other,
});
const open = { id, kind: 'unknown_to_ledger', bankId: 'c2', timesReported: 1, reportAgainFrom: noon + 1 } as const;

describe('a suspect', () => {
  it('is cleared when both sides agree on its charge', () => {
    const agreed = suspect({ transfers: [booked('stray:c2', 'c2')] });
    expect(judge([agreed], graceMs)).toEqual({
      cleared: [{ bank: 'cedar', chargeId }],
      kept: [],
      resolved: [],
      reported: [],
    });
  });

  it('is compared again within the grace period', () => {
    const late = suspect({ entries: [{ ...stray, receivedAt: noon }] });
    expect(judge([late], graceMs)).toMatchObject({ kept: [{ chargeId, afterMs: 3_000 }], reported: [], cleared: [] });
  });

  it('is compared less often with age', () => {
    const afterMs = (sinceMs: number) => judge([suspect({ since: noon - sinceMs })], graceMs).kept[0]!.afterMs;
    expect([1_000, 40_000, 3_600_000].map(afterMs)).toEqual([3_000, 10_000, 30_000]);
  });

  it('emits a difference once', () => {
    expect(judge([suspect()], graceMs).reported).toMatchObject([
      { id, timesReported: 1, reportAgainFrom: reportAgainAt(noon, 0) },
    ]);
    expect(judge([suspect({ open: [open] })], graceMs, new Map([[id, 1]])).reported).toEqual([]);
  });

  it('emits it again, under another id, while it is open', () => {
    const due = suspect({ open: [{ ...open, reportAgainFrom: noon }] });
    const [again] = judge([due], graceMs, new Map([[id, 1]])).reported;
    expect(again).toMatchObject({ id, timesReported: 2 });
    const events = [differenceFound(again!, 0), differenceFound(again!, 1)].map((event) => event!.id);
    expect(events).toEqual([`${id}.difference_found`, `${id}.1.difference_found`]);
  });

  it('continues the numbering when a resolved difference comes back', () => {
    expect(judge([suspect()], graceMs, new Map([[id, 4]])).reported).toMatchObject([{ timesReported: 5 }]);
  });

  it('keeps a difference open while it exists, also if a new one would not be found', () => {
    const silent = suspect({ completeAt: null, open: [open], entries: [{ ...stray, receivedAt: noon }] });
    expect(judge([silent], graceMs)).toMatchObject({ resolved: [], cleared: [] });
  });

  it('resolves its difference when the other side catches up', () => {
    const reversed = stated('reversal', 'r2', { reverses: 'c2' });
    expect(judge([suspect({ open: [open], entries: [stray, reversed] })], graceMs)).toMatchObject({
      resolved: [{ id, resolution: 'undone_at_bank' }],
      cleared: [{ chargeId }],
    });
  });
});

describe('the event of a difference', () => {
  const [found] = judge([suspect()], graceMs).reported;

  it('satisfies its schema', () => {
    const { data } = differenceFound(found!, 0)!;
    expect(ledger.differenceFound.schema.parse(data)).toEqual(data);
    const unknown = judge([suspect({ entries: [], transfers: [booked('stray:c7', 'c7')] })], graceMs).reported[0]!;
    expect(differenceFound(unknown, 0)!.data).toMatchObject({ kind: 'unknown_to_bank', bankId: null, reference: null });
  });

  it('is not emitted for an unsupported currency, which operators see', () => {
    expect(differenceFound({ ...found!, currency: 'xxx' }, 0)).toBeUndefined();
  });

  it('is repeated less and less often', () => {
    expect([0, 1, 2, 30].map((times) => reportAgainAt(noon, times) - noon)).toEqual([15_000, 30_000, 60_000, 600_000]);
  });
});
