/** What came of one item of a batch. */
export type ItemOutcome<Done> =
  { readonly kind: 'done'; readonly result: Done } | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Does a batch at once. When it fails by its own fault each half is done by itself, and so on, until the culprits
 * stand alone and everything else is done.
 *
 * @throws a transient error, which is the fault of no item
 */
export async function inHalves<Item, Done>(
  items: readonly Item[],
  work: (items: readonly Item[]) => Promise<readonly Done[]>,
  isTransient: (error: unknown) => boolean,
): Promise<ItemOutcome<Done>[]> {
  if (items.length === 0) return [];
  try {
    return (await work(items)).map((result) => ({ kind: 'done', result }));
  } catch (error) {
    if (isTransient(error)) throw error;
    if (items.length === 1) return [{ kind: 'failed', error }];
    const middle = items.length >>> 1;
    return [
      ...(await inHalves(items.slice(0, middle), work, isTransient)),
      ...(await inHalves(items.slice(middle), work, isTransient)),
    ];
  }
}
