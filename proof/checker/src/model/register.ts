/** A value that somebody wrote, or may have written, at a moment between its sending and its answer. */
export interface Write<Value> {
  readonly value: Value;
  readonly sentMs: number;
  /** When it was certainly in effect; Infinity for a write without an answer. */
  readonly answeredMs: number;
}

/**
 * The values that a look between these moments may find. A write is out of the question once another one, which began
 * after its answer, was answered before the look.
 */
export function possibleValues<Value>(writes: readonly Write<Value>[], fromMs: number, toMs: number): Set<Value> {
  const sentLastMs = Math.max(
    ...writes.filter(({ answeredMs }) => answeredMs <= fromMs).map(({ sentMs }) => sentMs),
    -Infinity,
  );
  return new Set(
    writes.filter(({ sentMs, answeredMs }) => sentMs < toMs && answeredMs >= sentLastMs).map(({ value }) => value),
  );
}
