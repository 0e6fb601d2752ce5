/** Who does or says something; a bank by its name. */
export type Who = 'merchant' | 'payments-api' | 'bank-gateway' | 'ledger' | (string & {});

/** An event of the system, under its natural id: `ch_1.hold_placed` is a `ledger.hold_placed`. */
export interface EventReference {
  readonly id: string;
  readonly name: string;
}

/** One line of the story. */
export interface TimelineEntry {
  readonly id: string;
  /** Milliseconds since the epoch, on the clock of its source; null when it was not recorded. */
  readonly at: number | null;
  /** Only an upper bound: when this can be seen to have happened at the latest. */
  readonly atTheLatest?: boolean;
  readonly who: Who;
  readonly text: string;
  /** The bank of which something is asked. */
  readonly asks?: string;
  /** `back`: gives back what was set aside. */
  readonly tone: 'plain' | 'good' | 'back' | 'trouble';
  readonly says?: readonly EventReference[];
  /** The name of the event whose effect this takes back. */
  readonly undoes?: string;
  /** Its causes: ids of consumed events and of other entries. Unknown ids are ignored. */
  readonly because: readonly string[];
}

/** A moment in its place. */
export interface PlacedEntry extends TimelineEntry {
  /** Its own time, or the nearest that causes and effects allow; null when nothing is known of it. */
  readonly shownAt: number | null;
  /** `shownAt` is not what its owner's clock said. */
  readonly isEstimate: boolean;
}

/**
 * Ordered by time, but an effect never precedes its cause, since clocks of several machines differ. An entry without a
 * time follows its cause.
 */
export function inOrder(moments: readonly TimelineEntry[]): readonly PlacedEntry[] {
  const byName = new Map<string, TimelineEntry>();
  for (const moment of moments) for (const name of namesOf(moment)) byName.set(name, moment);
  const causes = new Map(
    moments.map((moment) => [
      moment,
      moment.because.flatMap((name) => byName.get(name) ?? []).filter((cause) => cause !== moment),
    ]),
  );
  const before = earliestEffects(moments, causes);

  const places = new Map<TimelineEntry, { at: number; depth: number }>();
  const place = (moment: TimelineEntry, path: readonly TimelineEntry[] = []): { at: number; depth: number } => {
    const known = places.get(moment);
    if (known) return known;
    const behind = (causes.get(moment) ?? [])
      .filter((cause) => !path.includes(cause))
      .map((cause) => place(cause, [...path, moment]));
    const own = moment.at === null ? -Infinity : moment.atTheLatest ? Math.min(moment.at, before(moment)) : moment.at;
    const found = {
      at: Math.max(own, ...behind.map(({ at }) => at)),
      depth: Math.max(0, ...behind.map(({ depth }) => depth + 1)),
    };
    places.set(moment, found);
    return found;
  };

  return moments
    .map((moment, index) => ({ moment, index, ...place(moment) }))
    .sort((a, b) => a.at - b.at || a.depth - b.depth || a.index - b.index)
    .map(({ moment, at }) => ({
      ...moment,
      shownAt: moment.at === null || at === -Infinity ? null : at,
      isEstimate: moment.at !== null && (moment.at !== at || moment.atTheLatest === true),
    }));
}

const namesOf = ({ id, says }: TimelineEntry): string[] => [id, ...(says ?? []).map((said) => said.id)];

/** For each moment the earliest exact time among what follows from it: it cannot have happened later. */
function earliestEffects(
  moments: readonly TimelineEntry[],
  causes: ReadonlyMap<TimelineEntry, readonly TimelineEntry[]>,
): (moment: TimelineEntry) => number {
  const effects = new Map<TimelineEntry, TimelineEntry[]>();
  for (const moment of moments)
    for (const cause of causes.get(moment) ?? []) effects.set(cause, [...(effects.get(cause) ?? []), moment]);
  const known = new Map<TimelineEntry, number>();
  const earliest = (moment: TimelineEntry): number => {
    const found = known.get(moment);
    if (found !== undefined) return found;
    known.set(moment, Infinity); // a circle, which no story should have, ends here
    const times = (effects.get(moment) ?? []).map((effect) =>
      effect.at === null || effect.atTheLatest ? earliest(effect) : Math.min(effect.at, earliest(effect)),
    );
    const at = Math.min(Infinity, ...times);
    known.set(moment, at);
    return at;
  };
  return earliest;
}
