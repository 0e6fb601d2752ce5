import { unusedWarnings } from '#checker';
import { addUp, missing, type ReachedState } from '../verdict/sometimes.js';
import type { ChaosReport } from '../report/report.js';

/** Result of one run of a campaign. */
export interface CampaignRun {
  readonly title: string;
  readonly command: string;
  /** Path of its page, relative to the campaign's folder. */
  readonly page: string;
  readonly verdict: 'kept' | 'broken' | 'no verdict';
  /** The broken promises, or why there is no verdict. */
  readonly why: string;
  /** Folder of its data and logs. Absent if they were deleted. */
  readonly kept?: string;
  readonly requests: number;
  readonly charges: number;
  readonly faults: number;
  readonly quietAfterMs: number | null;
  readonly tookMs: number;
  readonly sometimes: readonly ReachedState[];
  /** Expected warnings: number of times that a fault explained each. */
  readonly warningsUsed: Readonly<Record<string, number>>;
}

export interface ReachedInRuns extends ReachedState {
  /** Number of runs that reached it. */
  readonly inRuns: number;
}

/** Several runs together: the content of campaign.json, from which campaign.html is rendered. */
export interface Campaign {
  readonly command: string;
  readonly beganAt: string;
  readonly planned: number;
  readonly runs: readonly CampaignRun[];
  readonly sometimes: readonly ReachedInRuns[];
  /** Hard states not reached, once all runs are over. Empty if reaching them is optional. */
  readonly unreached: readonly ReachedState[];
  /** Expected warnings that did not occur, once all runs are over. Empty if that is optional. */
  readonly unused: readonly string[];
  readonly state: 'under way' | 'interrupted' | 'held' | 'failed';
}

export function campaignOf(about: {
  readonly command: string;
  readonly beganAt: string;
  readonly planned: number;
  readonly runs: readonly CampaignRun[];
  /** False for a campaign of scenarios or of chosen faults, which cannot reach every hard state. */
  readonly mustReachAll: boolean;
  readonly interrupted: boolean;
}): Campaign {
  const { command, beganAt, planned, runs, mustReachAll, interrupted } = about;
  const sometimes = addUp(runs.map((run) => run.sometimes)).map((reached) => ({
    ...reached,
    inRuns: runs.filter((run) => run.sometimes.some(({ id, times }) => id === reached.id && times > 0)).length,
  }));
  const isOver = runs.length === planned;
  const unreached = mustReachAll && isOver ? missing(sometimes) : [];
  const unused = mustReachAll && isOver ? unusedIn(runs) : [];
  const held = runs.every(({ verdict }) => verdict === 'kept') && unreached.length === 0 && unused.length === 0;
  const state = interrupted ? 'interrupted' : !isOver ? 'under way' : held ? 'held' : 'failed';
  return { command, beganAt, planned, runs, sometimes, unreached, unused, state };
}

function unusedIn(runs: readonly CampaignRun[]): string[] {
  const uses = new Map<string, number>();
  for (const [id, times] of runs.flatMap(({ warningsUsed }) => Object.entries(warningsUsed)))
    uses.set(id, (uses.get(id) ?? 0) + times);
  return unusedWarnings({ suite: 'chaos', size: runs.length, uses }).map(({ id }) => id);
}

export function campaignRunOf(
  report: ChaosReport,
  about: Pick<CampaignRun, 'title' | 'page' | 'tookMs'> & { kept: string | undefined },
): CampaignRun {
  const { title, page, tookMs, kept } = about;
  const { numbers, strikes, quietAfterMs, sometimes, warningsUsed, command, failure } = report;
  return {
    title,
    command,
    page,
    verdict: failure === null ? 'kept' : 'broken',
    why: failure ?? '',
    ...(kept !== undefined && { kept }),
    requests: numbers.requests,
    charges: Object.values(numbers.charges).reduce((sum, count) => sum + count, 0),
    faults: strikes.length,
    quietAfterMs,
    tookMs,
    sometimes,
    warningsUsed,
  };
}

/** A run that ended without a verdict, because the suite or a process that it starts failed. */
export function runWithoutVerdict(
  about: Pick<CampaignRun, 'title' | 'command' | 'page' | 'why' | 'tookMs'> & { kept: string },
): CampaignRun {
  const nothing = { requests: 0, charges: 0, faults: 0, quietAfterMs: null, sometimes: [], warningsUsed: {} };
  return { ...about, ...nothing, verdict: 'no verdict' };
}
