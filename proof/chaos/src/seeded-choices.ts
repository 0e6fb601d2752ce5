import { seededRandom } from '#clock';

/** Seeded random generator: the same seed gives the same choices in the same order. */
export class SeededChoices {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Uniform in [0, 1). */
  share(): number {
    return this.#random();
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** Uniform in [lowest, highest], in multiples of `step` from `lowest`. */
  between(lowest: number, highest: number, step = 1): number {
    return lowest + step * Math.floor(this.#random() * (Math.floor((highest - lowest) / step) + 1));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)]!;
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let left = shuffled.length - 1; left > 0; left--) {
      const chosen = Math.floor(this.#random() * (left + 1));
      [shuffled[left], shuffled[chosen]] = [shuffled[chosen]!, shuffled[left]!];
    }
    return shuffled;
  }

  /** Draws a seed for another generator. */
  seed(): number {
    return Math.floor(this.#random() * 2 ** 31);
  }
}
