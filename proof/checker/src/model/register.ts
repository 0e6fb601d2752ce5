/** A write to a register, in effect at some time between its sending and its answer, or perhaps never without one. */
export interface Write<Value> {
  readonly value: Value;
  readonly sentMs: number;
  /** When it was certainly in effect; Infinity for a write without an answer. */
  readonly answeredMs: number;
}

/** Values that a read in this range may return. A write is excluded if a later write was answered before the read. */
export function possibleValues<Value>(writes: readonly Write<Value>[], fromMs: number, toMs: number): Set<Value> {
  const sentLastMs = Math.max(
    ...writes.filter(({ answeredMs }) => answeredMs <= fromMs).map(({ sentMs }) => sentMs),
    -Infinity,
  );
  return new Set(
    writes.filter(({ sentMs, answeredMs }) => sentMs < toMs && answeredMs >= sentLastMs).map(({ value }) => value),
  );
}
