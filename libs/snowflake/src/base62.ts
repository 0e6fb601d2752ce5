import assert from 'node:assert/strict';

/** In ASCII order, so that text compares (COLLATE "C") as the numbers do. */
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^11 > 2^64. */
const width = 11;

/** Eleven characters for an unsigned 64-bit number. */
export function encodeBase62(value: bigint): string {
  assert(value >= 0n && value < 1n << 64n, `not an unsigned 64-bit number: ${value}`);
  // Two halves of at most 62^6: below 2^53, numbers divide faster than bigints.
  let text = encodeHalf(Number(value % 62n ** 6n), 6);
  text = encodeHalf(Number(value / 62n ** 6n), width - 6) + text;
  return text;
}

function encodeHalf(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) text = digits.charAt(rest % 62) + text;
  return text;
}
