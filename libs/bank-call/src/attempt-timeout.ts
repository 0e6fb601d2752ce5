import type { Clock } from '#clock';
import type { WireFact } from './bank-port.js';

/** How long a port may take to say what it knows after its signal has aborted. */
const graceMs = 100;

/**
 * Gives an attempt its time-out and an AbortController of its own, so that nobody else's time-out can end it.
 * A port that does not even react to its signal is given up in doubt: every attempt ends.
 */
export async function withTimeout(
  clock: Clock,
  timeoutMs: number,
  send: (signal: AbortSignal) => Promise<WireFact>,
): Promise<WireFact> {
  const controller = new AbortController();
  const givenUp = Promise.withResolvers<WireFact>();
  let timer = clock.after(timeoutMs, () => {
    timer = clock.after(graceMs, () => givenUp.resolve({ kind: 'no_response', cause: 'timeout' }));
    controller.abort(new Error(`timed out after ${timeoutMs} ms`));
  });
  try {
    return await Promise.race([send(controller.signal), givenUp.promise]);
  } finally {
    timer.cancel();
  }
}
