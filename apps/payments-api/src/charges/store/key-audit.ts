import type { Instant } from '#clock';
import type { views } from '#contracts';

/** A charge under its idempotency key. */
export interface KeyedCharge {
  readonly id: string;
  readonly account: string;
  readonly idempotencyKey: string;
}

/** Keys are forgotten a day after their answer, so a second charge within a day was opened while the key was kept. */
const KEPT_MS = 24 * 60 * 60 * 1_000;

/** The charges of each key that opened more than one. */
export function keysOfSeveral(charges: readonly KeyedCharge[]): KeyedCharge[][] {
  const byKey = Map.groupBy(charges, ({ account, idempotencyKey }) => `${account} ${idempotencyKey}`);
  return [...byKey.values()].filter((group) => group.length > 1);
}

/** @param openedAt when each charge was opened, on the database's clock */
export function sharedWithinADay(
  groups: readonly (readonly KeyedCharge[])[],
  openedAt: ReadonlyMap<string, Instant>,
): views.KeyAuditView['shared'] {
  return groups.flatMap((group) => {
    const inOrder = group.map(({ id }) => ({ id, at: openedAt.get(id) ?? 0 })).toSorted((a, b) => a.at - b.at);
    const tooSoon = inOrder.some(({ at }, index) => index > 0 && at - inOrder[index - 1]!.at < KEPT_MS);
    const { account, idempotencyKey: key } = group[0]!;
    return tooSoon ? [{ account, key, chargeIds: inOrder.map(({ id }) => id) }] : [];
  });
}
