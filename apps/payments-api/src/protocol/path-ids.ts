/** A prefix that names the kind, and what the id issuer makes; of other kinds of objects too, which are then missing. */
const ID = /^[a-z]+_[A-Za-z0-9_]+$/;
const LENGTH_MAX = 255;

/** Whether a segment of a path can name an object: `ch_…`, `txn_…`. A word such as `search` is part of another URL. */
export function isPathId(segment: string): boolean {
  return segment.length <= LENGTH_MAX && ID.test(segment);
}
