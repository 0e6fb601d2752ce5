import { unusedWarnings } from '#checker';
import { addUp, missing, type ReachedState } from '../verdict/sometimes.js';
import type { ChaosReport } from '../report/report.js';

/** One run of a campaign, and what came of it. */
export interface CampaignRun {
  readonly title: string;
  readonly command: string;
  /** Its page, from the campaign's folder. */
  readonly page: string;
  readonly verdict: 'kept' | 'broken' | 'no verdict';
  /** What was broken, or why there is no verdict. */
  readonly why: string;
  /** Where its data and logs are; absent when they were not kept. */
  readonly kept?: string;
  readonly requests: number;
  readonly charges: number;
  readonly faults: number;
  readonly quietAfterMs: number | null;
  readonly tookMs: number;
  readonly sometimes: readonly ReachedState[];
  /** Expected warnings, by how often a fault provoked each. */
  readonly warningsUsed: Readonly<Record<string, number>>;
}

export interface ReachedInRuns extends ReachedState {
  /** In how many of the runs. */
  readonly inRuns: number;
}

/** Several runs together: campaign.json, and what campaign.html is drawn from. */
export interface Campaign {
  readonly command: string;
  readonly beganAt: string;
  readonly planned: number;
  readonly runs: readonly CampaignRun[];
  readonly sometimes: readonly ReachedInRuns[];
  /** Of the list, when all of it is to be reached and no run is left to do so. */
  readonly unreached: readonly ReachedState[];
  /** Expected warnings that nothing provoked, when all of them are to be and no run is left to do so. */
  readonly unused: readonly string[];
  readonly state: 'under way' | 'interrupted' | 'held' | 'failed';
}

export function campaignOf(about: {
  readonly command: string;
  readonly beganAt: string;
  readonly planned: number;
  readonly runs: readonly CampaignRun[];
  /** A campaign of scenarios, or of some kinds of faults, need not reach every state. */
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

/** It ended without a verdict: the suite itself failed, or what it starts. */
export function runWithoutVerdict(
  about: Pick<CampaignRun, 'title' | 'command' | 'page' | 'why' | 'tookMs'> & { kept: string },
): CampaignRun {
  const nothing = { requests: 0, charges: 0, faults: 0, quietAfterMs: null, sometimes: [], warningsUsed: {} };
  return { ...about, ...nothing, verdict: 'no verdict' };
}
