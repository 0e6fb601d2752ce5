/**
 * Which of `count` shards a holder should have, when the contenders in `holders` are alive: every k-th,
 * by rank. Everyone who sees the same contenders comes to the same shares, which differ by at most one.
 * Views that differ for a moment cost a wait, never a double owner: the lease on each shard decides.
 */
export function shardsOf(holder: string, holders: readonly string[], count: number): number[] {
  const ranked = [...new Set([...holders, holder])].sort();
  const rank = ranked.indexOf(holder);
  return Array.from({ length: count }, (_, shard) => shard).filter((shard) => shard % ranked.length === rank);
}
