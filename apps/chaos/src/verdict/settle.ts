import { setTimeout as sleep } from 'node:timers/promises';
import { check, gatherEvidence, unsettled, type Evidence, type Told, type Verdict, type Where } from '#checker';
import { QUIET_WITHIN_MS } from './chaos-invariants.js';

/** A stray has to show in a statement (10 s), to stand out (15 s), to be reversed, and to be seen so. */
const SOUND_WITHIN_MS = 90_000;

export interface Settled {
  /** Until every charge had ended and every event was sent, from the end of the last fault. */
  readonly quietAfterMs: number | undefined;
  /** Until nothing contradicted anything any more: what banks did by themselves had been found and undone. */
  readonly soundAfterMs: number | undefined;
  readonly evidence: Evidence;
  readonly verdict: Verdict;
}

/** Waits until nothing is under way, and then for as long as reconciliation may take. */
export async function settle(where: Where, told: () => Told[], signal: AbortSignal): Promise<Settled> {
  const beganMs = performance.now();
  const sinceMs = (): number => performance.now() - beganMs;
  let quietAfterMs: number | undefined;
  while (quietAfterMs === undefined && sinceMs() < 2 * QUIET_WITHIN_MS) {
    signal.throwIfAborted();
    if ((await unsettled(where).catch(() => 1)) === 0) quietAfterMs = sinceMs();
    else await sleep(200);
  }
  for (;;) {
    signal.throwIfAborted();
    const evidence = await gatherEvidence(where, told());
    const verdict = check(evidence);
    if (verdict.holds) return { quietAfterMs, soundAfterMs: sinceMs(), evidence, verdict };
    if (sinceMs() > SOUND_WITHIN_MS) return { quietAfterMs, soundAfterMs: undefined, evidence, verdict };
    await sleep(1_000);
  }
}
