import type { Evidence, Verdict } from '#checker';
import type { RunFacts } from './run-facts.js';

export const QUIET_WITHIN_MS = 60_000;
/** Time for a stray to appear in a statement (10 s), count as a difference (15 s), be reversed and be compared again. */
const SOUND_WITHIN_MS = 90_000;

/** A system after its last fault. */
export interface SettlingSystem {
  /** Number of charges that have not ended and events that are not published. */
  unsettled(): Promise<number>;
  evidence(): Promise<Evidence>;
  check(evidence: Evidence): Verdict;
  /** Milliseconds since the last fault was lifted. */
  elapsedMs(): number;
  wait(ms: number): Promise<unknown>;
}

export type SettledRun = Pick<RunFacts, 'quietAfterMs' | 'soundAfterMs' | 'evidence' | 'verdict'>;

/** Waits for quiescence, then until reconciliation has removed all violations or its time limit has passed. */
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
