import type { Campaign } from './campaign.js';

/** Exit code of a run or a campaign, and one sentence with the reason. */
export interface RunExit {
  readonly exitCode: 0 | 1 | 130;
  readonly sentence: string;
}

const sound: RunExit = { exitCode: 0, sentence: 'Every promise was kept.' };
const interrupted: RunExit = { exitCode: 130, sentence: 'Interrupted before there was a verdict.' };

/** @param failure the report's `failure` */
export function endingOfRun({
  failure,
  command,
}: {
  readonly failure: string | null;
  readonly command: string;
}): RunExit {
  if (failure === null) return sound;
  return { exitCode: 1, sentence: `The run is not sound (${failure}). To repeat it: ${command}` };
}

/** Exit of a run that threw before it had a verdict. Without evidence it counts as not sound. */
export function endingWithoutVerdict(error: unknown, wasInterrupted: boolean): RunExit {
  if (wasInterrupted) return interrupted;
  const reason = error instanceof Error ? error.message : String(error);
  return { exitCode: 1, sentence: `The run has no verdict, so it is not sound: ${reason}` };
}

export function endingOfCampaign({ state, runs, unreached }: Pick<Campaign, 'state' | 'runs' | 'unreached'>): RunExit {
  const broken = runs.filter(({ verdict }) => verdict === 'broken').length;
  const unjudged = runs.filter(({ verdict }) => verdict === 'no verdict').length;
  if (state === 'interrupted') return interrupted;
  if (state === 'held') return sound;
  const reasons = [
    ...(broken > 0 ? [`${broken} of ${runs.length} runs are not sound`] : []),
    ...(unjudged > 0 ? [`${unjudged} of ${runs.length} runs have no verdict`] : []),
    ...(unreached.length > 0 ? [`not reached: ${listed(unreached)}`] : []),
    ...(state === 'under way' ? ['not all of its runs took place'] : []),
  ];
  return { exitCode: 1, sentence: `The campaign failed: ${reasons.join('; ')}.` };
}

const listed = ([first, ...more]: Campaign['unreached']): string =>
  more.length === 0 ? first!.what : `${first!.what}, and ${more.length} more`;
