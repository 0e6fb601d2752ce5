import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';

/**
 * One life of a process: from its start to its crash. What it has set off and not yet heard of is dropped at its
 * death, so none of its code ever runs again; in memory it leaves nothing but what others hold.
 */
export class SimulatedProcess {
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #held: (() => void)[] = [];
  readonly #whenDead: (() => void)[] = [];
  readonly #whenFrozen: (() => void)[] = [];
  /** How far its wall clock is off. */
  wallOffsetMs = 0;

  constructor(
    readonly name: string,
    readonly scheduler: Scheduler,
    readonly random: Random,
  ) {}

  get dead(): boolean {
    return this.#state === 'dead';
  }

  get frozen(): boolean {
    return this.#state === 'frozen';
  }

  /** SIGKILL. */
  kill(): void {
    if (this.dead) return;
    this.#state = 'dead';
    this.#held = [];
    for (const tell of this.#whenDead.splice(0)) tell();
  }

  /** SIGSTOP: what falls due waits. */
  freeze(): void {
    if (this.#state !== 'running') return;
    this.#state = 'frozen';
    for (const tell of this.#whenFrozen) tell();
  }

  /** SIGCONT: what fell due meanwhile happens now, in its order. */
  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    for (const work of this.#held.splice(0)) this.scheduler.after(0, this, work);
  }

  hold(work: () => void): void {
    this.#held.push(work);
  }

  /** What the world does when this process dies: its connections close, its session times out. */
  onDeath(tell: () => void): void {
    this.#whenDead.push(tell);
  }

  onFreeze(tell: () => void): void {
    this.#whenFrozen.push(tell);
  }
}
