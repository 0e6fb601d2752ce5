export const OUTBOX_SHARDS = 8;

/** The outbox shard of a key: FNV-1a over its UTF-16 units. Must never change between releases. */
export function shardOf(key: string, shards = OUTBOX_SHARDS): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % shards;
}
