import type { Timer } from '#clock';
import { drain } from './drain.js';
import type { Random } from './random.js';

/** The process to which an event belongs. */
export interface EventOwner {
  readonly name: string;
  readonly random: Random;
  readonly dead: boolean;
  readonly frozen: boolean;
  /** Keeps work that becomes due while the process is frozen. */
  hold(work: () => void): void;
}

interface Event {
  readonly dueMs: number;
  readonly order: number;
  /** Its process: the event is dropped if that is dead, and held if it is frozen. Undefined for the world's own events. */
  readonly owner: EventOwner | undefined;
  work: (() => void) | undefined;
}

/**
 * Event queue in virtual time. Each event runs with all promise callbacks that it causes before the next one, so a
 * process's code between two events is atomic, and processes interleave only where a port answers.
 */
export class Scheduler {
  #nowMs = 0;
  #order = 0;
  readonly #heap: Event[] = [];
  /** Owner of the event that is running. */
  current: EventOwner | undefined;
  events = 0;

  /** Milliseconds since the world began. */
  get nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, owner: EventOwner | undefined, work: () => void): Timer {
    const event: Event = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, owner, work };
    this.#push(event);
    return { cancel: () => void (event.work = undefined) };
  }

  /** Runs the next event that is due by `untilMs`. False if there is none. */
  step(untilMs = Infinity): boolean {
    for (let event = this.#heap[0]; event && event.dueMs <= untilMs; event = this.#heap[0]) {
      this.#pop();
      const { work, owner } = event;
      if (!work || owner?.dead) continue;
      if (owner?.frozen) {
        owner.hold(work);
        continue;
      }
      // An event that became due during a leap runs late; time does not go back.
      this.#nowMs = Math.max(this.#nowMs, event.dueMs);
      this.events++;
      this.current = owner;
      work();
      drain();
      this.current = undefined;
      return true;
    }
    return false;
  }

  /** Advances time at once for every process, as when a machine was suspended. Events that become due run late. */
  leap(ms: number): void {
    this.#nowMs += ms;
  }

  /** Runs all events due by `untilMs` and advances time to it, unless `stop` returns true first. */
  runUntil(untilMs: number, stop: () => boolean = () => false): void {
    for (;;) {
      if (stop()) return;
      if (!this.step(untilMs)) break;
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!before(event, heap[parent]!)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || first === last) return first;
    let place = 0;
    for (;;) {
      let child = place * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last!)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = last!;
    return first;
  }
}

const before = (a: Event, b: Event): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
