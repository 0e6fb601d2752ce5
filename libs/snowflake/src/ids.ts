import assert from 'node:assert/strict';
import type { Instant } from '#clock';
import { encodeBase62 } from './base62.js';
import { firstAt } from './snowflake.js';

/** The port for new ids. */
export interface Ids {
  /** @returns `prefix_` and eleven characters that sort by time. @throws NoWorkerIdError, IdsExhaustedError (transient) */
  next(prefix: string): string;
}

/** Formats ids from a source of numbers. */
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

/** Ids of this prefix that were made before this time are lower, by bytes. */
export const firstIdAt = (prefix: string, ms: Instant): string => newId(prefix, firstAt(ms));
