import assert from 'node:assert/strict';
import { encodeBase62 } from './base62.js';

/** What production code asks for ids. */
export interface Ids {
  /** `prefix_` and eleven characters that sort by time. Throws a transient error when none can be made now. */
  next(prefix: string): string;
}

/** Writes the ids of a source of numbers. */
export class SnowflakeIds implements Ids {
  constructor(private readonly source: { next(): bigint }) {}

  next(prefix: string): string {
    return newId(prefix, this.source.next());
  }
}

/** `newId('ch', 1n)` is `ch_00000000001`. */
export function newId(prefix: string, number: bigint): string {
  assert(/^[a-z]+(_[a-z]+)*$/.test(prefix), `no prefix of an id: ${prefix}`);
  return `${prefix}_${encodeBase62(number)}`;
}
