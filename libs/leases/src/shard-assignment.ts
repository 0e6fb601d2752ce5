/**
 * The shards of a holder among `count`, given the live contenders: every k-th, by rank. Processes with different views
 * may wait for a shard, but never share one: each shard has a lease.
 */
export function shardsOf(holder: string, holders: readonly string[], count: number): number[] {
  const ranked = [...new Set([...holders, holder])].sort();
  const rank = ranked.indexOf(holder);
  return Array.from({ length: count }, (_, shard) => shard).filter((shard) => shard % ranked.length === rank);
}
