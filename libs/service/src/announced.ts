import type { Clock, Timer } from '#clock';
import type { Log } from '#telemetry';

const FIRST_AFTER_MS = 2_000;
const THEN_EVERY_MS = 15_000;

/** Awaits `promise`, and logs that it waits if that takes long. */
export async function announced<T>(clock: Clock, log: Log, what: string, promise: Promise<T>): Promise<T> {
  const startedMs = clock.monotonicMs();
  const waitedSeconds = (): number => Math.round((clock.monotonicMs() - startedMs) / 1_000);
  let hasWarned = false;
  let timer: Timer;
  const say = (): void => {
    hasWarned = true;
    log.warn(`waiting for ${what}, for ${waitedSeconds()} s so far`);
    timer = clock.after(THEN_EVERY_MS, say, { unref: true });
  };
  timer = clock.after(FIRST_AFTER_MS, say, { unref: true });
  try {
    const result = await promise;
    if (hasWarned) log.info(`${what} came after ${waitedSeconds()} s`);
    return result;
  } finally {
    timer.cancel();
  }
}
