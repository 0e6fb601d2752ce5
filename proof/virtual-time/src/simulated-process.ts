import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';

/** One run of a process, from its start to its kill. After that its pending events are dropped and its code never runs. */
export class SimulatedProcess {
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #held: (() => void)[] = [];
  readonly #whenDead: (() => void)[] = [];
  readonly #whenFrozen: (() => void)[] = [];
  /** Offset of its wall clock from the world's, in milliseconds. */
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

  /** SIGSTOP: events that become due are held. */
  freeze(): void {
    if (this.#state !== 'running') return;
    this.#state = 'frozen';
    for (const tell of this.#whenFrozen) tell();
  }

  /** SIGCONT: the held events run now, in order. */
  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    for (const work of this.#held.splice(0)) this.scheduler.after(0, this, work);
  }

  hold(work: () => void): void {
    this.#held.push(work);
  }

  /** Calls back when the process is killed: its connections close, its group session times out. */
  onDeath(tell: () => void): void {
    this.#whenDead.push(tell);
  }

  onFreeze(tell: () => void): void {
    this.#whenFrozen.push(tell);
  }
}
