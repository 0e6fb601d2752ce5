import type { Timer } from '#clock';
import { drain } from './drain.js';
import type { Random } from './random.js';

/** Whose doing an event is. */
export interface EventOwner {
  readonly name: string;
  readonly random: Random;
  readonly dead: boolean;
  readonly frozen: boolean;
  /** Keeps what falls due while it is frozen. */
  hold(work: () => void): void;
}

interface Event {
  readonly dueMs: number;
  readonly order: number;
  /** Whose doing it is: nothing is done for the dead, and nothing yet for the frozen. Undefined: the world's. */
  readonly owner: EventOwner | undefined;
  work: (() => void) | undefined;
}

/**
 * Virtual time, and the order of everything that happens in it. One event after the other: each with all the promises
 * that it sets off, before the next. So whatever a process does between two events is one indivisible piece, and what
 * can come between is exactly what its ports answer.
 */
export class Scheduler {
  #nowMs = 0;
  #order = 0;
  readonly #heap: Event[] = [];
  /** Whose event is being worked on. */
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

  /** Does the next thing that is due until then; false when there is none. */
  step(untilMs = Infinity): boolean {
    for (let event = this.#heap[0]; event && event.dueMs <= untilMs; event = this.#heap[0]) {
      this.#pop();
      const { work, owner } = event;
      if (!work || owner?.dead) continue;
      if (owner?.frozen) {
        owner.hold(work);
        continue;
      }
      // What fell due during a leap happens now.
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

  /** So much time passes at once, for everybody, as on a machine that was suspended: what falls due meanwhile is late. */
  leap(ms: number): void {
    this.#nowMs += ms;
  }

  /** Does all that is due until then, and lets time pass up to it, unless it is to stop before. */
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
