/** The result of one item of a batch. */
export type ItemOutcome<Done> =
  { readonly kind: 'done'; readonly result: Done } | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Bisection: runs the batch at once; a batch that fails is split in two, until only the culprits have failed.
 *
 * @throws a transient error at once, without splitting
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
