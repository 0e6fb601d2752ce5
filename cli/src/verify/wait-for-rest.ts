import { setTimeout as sleep } from 'node:timers/promises';
import { gatherEvidence, unsettled, type Evidence, type Where } from '#checker';
import { judge } from './judgement.js';

const LOOK_EVERY_MS = 1_000;

/** Evidence of a quiescent system, with all strays reversed. After the time limit, the evidence as it is. */
export async function evidenceAtRest(where: Where, withinMs: number): Promise<Evidence> {
  for (const untilMs = performance.now() + withinMs; ; await sleep(LOOK_EVERY_MS)) {
    const isLast = performance.now() >= untilMs;
    if (!isLast && (await unsettled(where)) > 0) continue;
    const evidence = await gatherEvidence(where);
    if (isLast || judge(evidence).every(({ outcome }) => outcome !== 'broken')) return evidence;
  }
}
