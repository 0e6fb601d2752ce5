import type { Slot } from '#bank-call';
import type { bankProtocol } from '#contracts';
import type { Banks } from '../banks/banks.js';
import type { Task } from './task.js';

/**
 * The short way from a step to the wire: a step's transaction takes a slot, inserts the operation already `begun`,
 * and hands it over when it has committed. What finds no slot waits in the table, not begun.
 */
export class Dispatch {
  #perform: ((task: Task) => void) | undefined;
  #turnedAway = false;

  constructor(private readonly banks: Banks) {}

  /** Where tasks go. Before it is set, and after it is taken away, operations wait in the table. */
  open(perform: (task: Task) => void): void {
    this.#perform = perform;
  }

  close(): void {
    this.#perform = undefined;
  }

  tryReserve(bank: bankProtocol.BankName): Slot | undefined {
    const slot = this.#perform && this.banks.canBegin(bank) ? this.banks.caller(bank).tryReserve() : undefined;
    if (!slot) this.#turnedAway = true;
    return slot;
  }

  handOver(task: Task): void {
    if (this.#perform) this.#perform(task);
    else task.slot.release();
  }

  /** True once after an operation had to wait: somebody with a free slot should look at the table. */
  takeTurnedAway(): boolean {
    const turnedAway = this.#turnedAway;
    this.#turnedAway = false;
    return turnedAway;
  }
}
