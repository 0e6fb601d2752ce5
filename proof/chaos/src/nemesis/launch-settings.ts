import { fileURLToPath } from 'node:url';

const slowStart = fileURLToPath(new URL('slow-start.js', import.meta.url));

/** Environment for the next start of each instance. */
export class LaunchSettings {
  readonly #clockOffsetMs = new Map<string, number>();
  readonly #startDelayMs = new Map<string, number>();

  stepClock(instance: string, offsetMs: number): void {
    this.#clockOffsetMs.set(instance, offsetMs);
  }

  slowDown(instance: string, delayMs: number): void {
    this.#startDelayMs.set(instance, delayMs);
  }

  envOf(instance: string): Record<string, string> {
    const offsetMs = this.#clockOffsetMs.get(instance) ?? 0;
    const delayMs = this.#startDelayMs.get(instance) ?? 0;
    return {
      ...(offsetMs !== 0 && { TEST_CLOCK_OFFSET_MS: String(offsetMs) }),
      // A preloaded module, because production code has no switch for a slow start.
      ...(delayMs > 0 && { NODE_OPTIONS: `--import="${slowStart}"`, CHAOS_START_DELAY_MS: String(delayMs) }),
    };
  }
}
