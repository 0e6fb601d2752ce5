import type { Evidence, Verdict } from '#checker';
import type { RunFacts } from './run-facts.js';

export const QUIET_WITHIN_MS = 60_000;
/** A stray has to show in a statement (10 s), to stand out (15 s), to be reversed, and to be seen so. */
const SOUND_WITHIN_MS = 90_000;

/** A system after its last fault, as settling looks at it. */
export interface SettlingSystem {
  /** Charges not ended and events not sent. */
  unsettled(): Promise<number>;
  evidence(): Promise<Evidence>;
  check(evidence: Evidence): Verdict;
  /** Since the end of the last fault. */
  elapsedMs(): number;
  wait(ms: number): Promise<unknown>;
}

export type SettledRun = Pick<RunFacts, 'quietAfterMs' | 'soundAfterMs' | 'evidence' | 'verdict'>;

/** Waits until nothing is under way, and then for as long as reconciliation may take. */
export async function settle(system: SettlingSystem, signal: AbortSignal): Promise<SettledRun> {
  const beganMs = system.elapsedMs();
  const waitedMs = (): number => system.elapsedMs() - beganMs;
  let quietAfterMs: number | undefined;
  while (quietAfterMs === undefined && waitedMs() < 2 * QUIET_WITHIN_MS) {
    signal.throwIfAborted();
    if ((await system.unsettled().catch(() => 1)) === 0) quietAfterMs = system.elapsedMs();
    else await system.wait(200);
  }
  for (;;) {
    signal.throwIfAborted();
    const evidence = await system.evidence();
    const verdict = system.check(evidence);
    if (verdict.holds) return { quietAfterMs, soundAfterMs: system.elapsedMs(), evidence, verdict };
    if (waitedMs() > SOUND_WITHIN_MS) return { quietAfterMs, soundAfterMs: undefined, evidence, verdict };
    await system.wait(1_000);
  }
}
