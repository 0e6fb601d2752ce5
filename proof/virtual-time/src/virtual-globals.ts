import { BEGINNING } from './simulated-clock.js';
import type { Scheduler } from './scheduler.js';

/**
 * Replaces the global timers, Date.now and Math.random, because opossum, cockatiel and GroupCommit call them directly.
 * Inside a simulated process they are virtual and belong to it; outside they are the real ones.
 *
 * @returns a function that restores the real ones
 */
export function virtualGlobals(scheduler: Scheduler): () => void {
  const real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
    setImmediate: globalThis.setImmediate,
  };
  // oxlint-disable-next-line typescript/unbound-method -- restored as it was
  const { now } = Date;
  // oxlint-disable-next-line typescript/unbound-method -- restored as it was
  const { random } = Math;

  const timer = (delayMs: number, work: () => void) => {
    const set = scheduler.after(delayMs, scheduler.current, work);
    const handle = {
      cancel: () => set.cancel(),
      ref: () => handle,
      unref: () => handle,
      hasRef: () => true,
      refresh: () => handle,
    };
    return handle;
  };
  const clear = (handle: unknown): void => {
    if (handle && typeof handle === 'object' && 'cancel' in handle) (handle as { cancel: () => void }).cancel();
    else real.clearTimeout(handle as number);
  };
  const virtual = {
    setTimeout: (work: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
      scheduler.current ? timer(delayMs, () => work(...args)) : real.setTimeout(work, delayMs, ...args),
    setImmediate: (work: (...args: unknown[]) => void, ...args: unknown[]) =>
      scheduler.current ? timer(0, () => work(...args)) : real.setImmediate(work, ...args),
    setInterval: (work: (...args: unknown[]) => void, everyMs = 0, ...args: unknown[]) => {
      if (!scheduler.current) return real.setInterval(work, everyMs, ...args);
      const again = (): { cancel(): void } =>
        scheduler.after(everyMs, scheduler.current, () => {
          current = again();
          work(...args);
        });
      let current = again();
      const handle = { cancel: () => current.cancel(), ref: () => handle, unref: () => handle };
      return handle;
    },
    clearTimeout: clear,
    clearInterval: clear,
  };
  Object.assign(globalThis, virtual);
  Date.now = () => (scheduler.current ? BEGINNING + Math.floor(scheduler.nowMs) : now());
  Math.random = () => (scheduler.current ? scheduler.current.random.next() : random());
  return () => {
    Object.assign(globalThis, real);
    Date.now = now;
    Math.random = random;
  };
}
