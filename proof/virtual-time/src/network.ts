import type { Random } from './random.js';

/** How long messages take, and whether they go through at all. */
export interface SimulatedNetwork {
  readonly random: Random;
  /** One way, in milliseconds. */
  latencyMs(): number;
}

/** Mostly a fraction of a millisecond, seldom much more: enough to turn any two messages round. */
export function network(random: Random): SimulatedNetwork {
  return {
    random,
    latencyMs: () => (random.next() < 0.05 ? random.between(1, 30) : random.between(0.05, 0.5)),
  };
}
