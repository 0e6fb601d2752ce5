import { where, type SeenObject, type Sighting } from './sightings.js';

/** Progress of an object: the rank never decreases, and a phase of rank 2 or more is final. */
export interface ObjectPhase {
  readonly rank: number;
  readonly name: string;
}

export const ENDED = 2;

/** A read shows at least the progress of any answer that arrived before its sending, and never more than the final row. */
export function judgeProgress<Seen extends SeenObject>(
  id: string,
  sightings: readonly Sighting<Seen>[],
  phaseOf: (object: Seen) => ObjectPhase,
  atRest: ObjectPhase,
): string[] {
  const wrong: string[] = [];
  const seen = sightings
    .map((sighting) => ({ ...sighting, phase: phaseOf(sighting.object) }))
    .sort((a, b) => a.exchange.endedMs - b.exchange.endedMs);
  for (const sighting of seen) {
    const { phase } = sighting;
    if (phase.rank > atRest.rank || (phase.rank === ENDED && phase.name !== atRest.name))
      wrong.push(`${id}: ${where(sighting)} shows it ${phase.name}, and it is ${atRest.name} at rest`);
  }
  let next = 0;
  let furthest: (typeof seen)[number] | undefined;
  const reads = seen.filter(({ isFresh }) => isFresh).sort((a, b) => a.exchange.sentMs - b.exchange.sentMs);
  for (const read of reads) {
    for (; next < seen.length && seen[next]!.exchange.endedMs <= read.exchange.sentMs; next++)
      if (!furthest || seen[next]!.phase.rank > furthest.phase.rank) furthest = seen[next];
    if (furthest && read.phase.rank < furthest.phase.rank)
      wrong.push(
        `${id}: ${where(read)} shows it ${read.phase.name} after ${where(furthest)} showed it ${furthest.phase.name}`,
      );
  }
  return wrong;
}

/** Immutable fields must be equal in all answers. */
export function judgeFixed<Seen extends SeenObject>(
  id: string,
  sightings: readonly Sighting<Seen>[],
  changing: ReadonlySet<string>,
): string[] {
  const [first, ...later] = sightings;
  if (!first) return [];
  const known = fieldsOf(first.object, changing);
  return later.flatMap((sighting) =>
    differing(known, fieldsOf(sighting.object, changing)).map(
      (field) => `${id}: ${where(sighting)} shows another ${field} than ${where(first)}`,
    ),
  );
}

function fieldsOf(object: SeenObject, changing: ReadonlySet<string>): Map<string, unknown> {
  return new Map(Object.entries(object).filter(([name]) => !changing.has(name)));
}

function differing(known: ReadonlyMap<string, unknown>, shown: ReadonlyMap<string, unknown>): string[] {
  const names = known.size === shown.size ? known.keys() : new Set([...known.keys(), ...shown.keys()]);
  return [...names].filter((name) => !isSame(known.get(name), shown.get(name)));
}

export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  return typeof one === 'object' && typeof other === 'object' && JSON.stringify(one) === JSON.stringify(other);
}

/** The expected fields that are shown otherwise, nested ones by their path. */
export function differingFields(expected: object, shown: object, path = ''): string[] {
  return Object.entries(expected).flatMap(([name, wanted]: [string, unknown]) => {
    const value = (shown as Readonly<Record<string, unknown>>)[name];
    if (isSame(wanted, value)) return [];
    if (isFields(wanted) && isFields(value) && Object.keys(wanted).length > 0)
      return differingFields(wanted, value, `${path}${name}.`);
    return [`${path}${name} ${JSON.stringify(value)}, which must be ${JSON.stringify(wanted)}`];
  });
}

const isFields = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Violations that each sighting has by itself. */
export function judgeEach<Seen extends SeenObject>(
  id: string,
  sightings: readonly Sighting<Seen>[],
  untrue: (object: Seen) => readonly (string | false)[],
): string[] {
  return sightings.flatMap((sighting) =>
    untrue(sighting.object).flatMap((what) => (what === false ? [] : [`${id}: ${where(sighting)} shows ${what}`])),
  );
}
