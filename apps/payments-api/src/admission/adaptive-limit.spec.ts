import { describe, expect, it } from '@jest/globals';
import { AdaptiveLimit, leastQueueMs } from './adaptive-limit.js';

const QUEUE_MS = 500;

interface Arrival {
  readonly atMs: number;
  readonly network: number;
}

/**
 * Charges of several networks in virtual time: each waits in one queue of the services, whose rate is `perSecond`,
 * and then for its network's bank. Steps of a millisecond.
 */
class ManyCharges {
  perSecond = 400;
  readonly offered: number[];
  readonly bankMs: number[];
  readonly limits: AdaptiveLimit[];
  readonly inProgress: number[];
  refused = 0;
  tookMs: number[] = [];
  #nowMs = 0;
  #queue: Arrival[] = [];
  #atBanks: (Arrival & { readonly untilMs: number })[] = [];
  #served = 0;
  #arrived: number[];

  constructor(networks = 1, options: Partial<ConstructorParameters<typeof AdaptiveLimit>[0]> = {}) {
    this.offered = Array<number>(networks).fill(0);
    this.bankMs = Array<number>(networks).fill(30);
    this.inProgress = Array<number>(networks).fill(0);
    this.#arrived = Array<number>(networks).fill(0);
    this.limits = this.offered.map(
      (_, own) =>
        new AdaptiveLimit({
          min: 16,
          initial: 64,
          max: 2_000,
          queueMs: QUEUE_MS,
          sharedQueueMs: (nowMs) => leastQueueMs(this.limits.toSpliced(own, 1), nowMs),
          ...options,
        }),
    );
  }

  get limit(): number {
    return this.limits[0]!.limit;
  }

  /** @returns what was answered meanwhile */
  during(seconds: number): { perSecond: number; p50Ms: number; p99Ms: number; refused: number } {
    this.tookMs = [];
    this.refused = 0;
    for (const endMs = this.#nowMs + seconds * 1_000; this.#nowMs < endMs; this.#nowMs++) this.#step();
    const sorted = this.tookMs.toSorted((a, b) => a - b);
    const quantile = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
    return {
      perSecond: sorted.length / seconds,
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
      refused: this.refused,
    };
  }

  #step(): void {
    for (let network = 0; network < this.offered.length; network++) {
      this.#arrived[network]! += this.offered[network]! / 1_000;
      for (; this.#arrived[network]! >= 1; this.#arrived[network]!--) this.#arrive(network);
    }
    this.#served = Math.min(this.#served + this.perSecond / 1_000, Math.max(1, this.#queue.length));
    for (; this.#served >= 1 && this.#queue.length > 0; this.#served--) {
      const charge = this.#queue.shift()!;
      this.#atBanks.push({ ...charge, untilMs: this.#nowMs + this.bankMs[charge.network]! });
    }
    const answered = this.#atBanks.filter(({ untilMs }) => untilMs <= this.#nowMs);
    if (answered.length > 0) this.#atBanks = this.#atBanks.filter(({ untilMs }) => untilMs > this.#nowMs);
    for (const { atMs, network } of answered) {
      this.tookMs.push(this.#nowMs - atMs);
      this.limits[network]!.observe(this.#nowMs - atMs, this.inProgress[network]!, this.#nowMs);
      this.inProgress[network]!--;
    }
  }

  #arrive(network: number): void {
    if (this.inProgress[network]! >= this.limits[network]!.limit) this.refused++;
    else {
      this.inProgress[network]!++;
      this.#queue.push({ atMs: this.#nowMs, network });
    }
  }
}

describe('an adaptive limit', () => {
  it('refuses nothing while the services keep up', () => {
    const charges = new ManyCharges();
    charges.offered[0] = 350;
    expect(charges.during(30).refused).toBe(0);
  });

  it.each([2.4, 10])('keeps the rate and a bounded wait under %d times what the services can do', (times) => {
    const charges = new ManyCharges(4);
    charges.offered.splice(0, 4, ...[2, 2, 1, 1].map((part) => (400 * times * part) / 6));
    const { perSecond, p99Ms } = charges.during(30);
    expect(perSecond).toBeGreaterThan(0.95 * 400);
    expect(p99Ms).toBeLessThan(2_000);
  });

  it('does not rise without end beside a queue that stands for a long time', () => {
    const charges = new ManyCharges(4);
    charges.offered.splice(0, 4, 2_000, 1_000, 500, 500);
    charges.during(300);
    const { perSecond, p99Ms } = charges.during(30);
    expect(perSecond).toBeGreaterThan(0.95 * 400);
    expect(p99Ms).toBeLessThan(2_000);
  });

  it('follows a step in what the services can do, down and up again', () => {
    const charges = new ManyCharges();
    charges.offered[0] = 1_000;
    charges.during(20);
    charges.perSecond = 100;
    charges.during(10);
    const slow = charges.during(10);
    expect(slow.perSecond).toBeGreaterThan(95);
    expect(slow.p50Ms).toBeLessThan(2 * QUEUE_MS);
    charges.perSecond = 400;
    charges.during(5);
    expect(charges.during(5).perSecond).toBeGreaterThan(0.95 * 400);
  });

  it('takes everything again within seconds after an overload', () => {
    const charges = new ManyCharges();
    charges.offered[0] = 4_000;
    charges.during(20);
    charges.offered[0] = 300;
    charges.during(2);
    expect(charges.during(10).refused).toBe(0);
  });

  it('does not fall to its minimum because the bank has become slow', () => {
    const charges = new ManyCharges();
    charges.offered[0] = 300;
    charges.during(20);
    charges.bankMs[0] = 3_000;
    charges.offered[0] = 100;
    charges.during(90);
    const { perSecond, refused } = charges.during(30);
    expect(perSecond).toBeGreaterThan(95);
    expect(refused).toBe(0);
  });

  it('leaves the limit of a network alone while the bank of another is slow', () => {
    const charges = new ManyCharges(2);
    charges.offered.splice(0, 2, 100, 100);
    charges.during(10);
    charges.bankMs[0] = 60_000;
    charges.during(60);
    expect(charges.limits[1]!.limit).toBe(64);
    expect(charges.inProgress[0]).toBeLessThanOrEqual(64);
  });

  it('stays between its bounds, of which the upper one counts', () => {
    const tight = new ManyCharges(1, { min: 16, max: 4 });
    tight.offered[0] = 1_000;
    tight.during(10);
    expect(tight.limit).toBe(4);
    const slow = new ManyCharges();
    slow.offered[0] = 1_000;
    slow.perSecond = 4;
    slow.during(600);
    expect(slow.limit).toBeGreaterThanOrEqual(16);
    expect(slow.limit).toBeLessThan(64);
  });
});
