import { describe, expect, it } from '@jest/globals';
import type { ListBounds } from '../protocol/list-parameters.js';
import { ListLane, listLaneLimits } from './list-lane.js';
import { ListPages, PAGE_BYTES_MAX } from './list-pages.js';

interface Row {
  readonly id: string;
  readonly text: string;
}
const rowsOf = (sizes: readonly number[]): Row[] =>
  sizes.map((bytes, n) => ({ id: String(n).padStart(4, '0'), text: 'x'.repeat(bytes) }));
const placeOf = ({ id }: Row) => ({ createdAt: 0, id });
const pages = new ListPages(new ListLane(listLaneLimits, () => new Error('too many')));

/** A list of these rows, newest first, that records the size of each read. */
function listOf(rows: readonly Row[]) {
  let mostAtOnce = 0;
  const read = (direction: 'down' | 'up', limit: number, cursor: string | null = null) =>
    pages.read<Row>({
      url: '/v1/rows',
      account: 'acct_1',
      page: { direction, limit },
      bounds: {
        below: direction === 'down' && cursor !== null ? { createdAt: 0, id: cursor } : null,
        above: direction === 'up' && cursor !== null ? { createdAt: 0, id: cursor } : null,
      },
      load: async ({ below, above }: ListBounds, count) => {
        const within = rows.filter(({ id }) => (!below || id < below.id) && (!above || id > above.id));
        const found = (direction === 'down' ? within.toReversed() : within).slice(0, count);
        mostAtOnce = Math.max(mostAtOnce, found.length);
        return found;
      },
      placeOf,
      show: async () => (row) => row,
    }) as Promise<{ data: Row[]; has_more: boolean }>;
  return { read, mostAtOnce: () => mostAtOnce };
}
const ids = ({ data }: { data: Row[] }) => data.map(({ id }) => Number(id));
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('a page of a list', () => {
  it('holds as many as asked for, the newest first, and says whether there are more', async () => {
    const { read } = listOf(rowsOf(upTo(150).map(() => 100)));
    const first = await read('down', 100);
    expect([ids(first), first.has_more]).toEqual([upTo(150).slice(50).toReversed(), true]);
    const second = await read('down', 100, '0050');
    expect([ids(second), second.has_more]).toEqual([upTo(50).toReversed(), false]);
    const before = await read('up', 10, '0100');
    expect([ids(before), before.has_more]).toEqual([upTo(111).slice(101).toReversed(), true]);
  });

  it.each([0, 1, 19, 20, 21, 40, 99, 100, 101])('ends rightly when there are %i', async (count) => {
    const page = await listOf(rowsOf(upTo(count).map(() => 10))).read('down', 100);
    expect([page.data.length, page.has_more]).toEqual([Math.min(count, 100), count > 100]);
  });

  it.each(['down', 'up'] as const)(
    'of large objects is as long as its bytes allow, and a cursor goes on %s',
    async (direction) => {
      const sizes = upTo(60).map((n) => [10, 150_000, 400_000, PAGE_BYTES_MAX * 2][n % 4]!);
      const { read, mostAtOnce } = listOf(rowsOf(sizes));
      const seen: number[] = [];
      for (let more = true, cursor: string | null = null; more;) {
        const page: { data: Row[]; has_more: boolean } = await read(direction, 100, cursor);
        expect(page.data.length).toBeGreaterThan(0);
        if (page.data.length > 1) expect(JSON.stringify(page.data).length).toBeLessThan(PAGE_BYTES_MAX * 1.01);
        if (direction === 'down') seen.push(...ids(page));
        else seen.unshift(...ids(page));
        more = page.has_more;
        cursor = (direction === 'down' ? page.data.at(-1)! : page.data[0]!).id;
      }
      expect(seen).toEqual(upTo(60).toReversed());
      expect(mostAtOnce()).toBeLessThanOrEqual(20);
    },
  );
});
