import type { Random } from './random.js';

/** Latency of the messages between processes. */
export interface SimulatedNetwork {
  readonly random: Random;
  /** One way, in milliseconds. */
  latencyMs(): number;
}

/** Mostly below a millisecond, one in twenty up to 30 ms: enough to reorder any two messages. */
export function network(random: Random): SimulatedNetwork {
  return {
    random,
    latencyMs: () => (random.next() < 0.05 ? random.between(1, 30) : random.between(0.05, 0.5)),
  };
}
