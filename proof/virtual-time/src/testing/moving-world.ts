import { network, type SimulatedNetwork } from '../network.js';
import { Random } from '../random.js';
import { Scheduler } from '../scheduler.js';
import { SimulatedClock } from '../simulated-clock.js';
import { SimulatedProcess } from '../simulated-process.js';

const { setImmediate: soon } = globalThis;

/** Virtual time that advances by itself, one event per turn of Node's event loop, so that a test can await its ports. */
export class MovingWorld {
  readonly scheduler = new Scheduler();
  readonly #random: Random;
  /** The test's own clock: it is a process of the world too. */
  readonly clock: SimulatedClock;
  #stopped = false;

  constructor(seed = 1) {
    this.#random = new Random(seed);
    this.clock = new SimulatedClock(this.process('the test'));
    this.#move();
  }

  process(name: string): SimulatedProcess {
    return new SimulatedProcess(name, this.scheduler, this.#random.fork(name));
  }

  network(name: string): SimulatedNetwork {
    return network(this.#random.fork(name));
  }

  stop(): void {
    this.#stopped = true;
  }

  #move(): void {
    soon(() => {
      if (this.#stopped) return;
      this.scheduler.step();
      this.#move();
    });
  }
}
