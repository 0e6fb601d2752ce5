import { bankProtocol } from '#contracts';
import { SeededChoices } from '../seeded-choices.js';
import { drawFault } from './draw-fault.js';
import { faultKinds, type ChaosFault, type ChaosFaultKind, type ChaosSchedule, type ScheduledFault } from './fault.js';

export interface ScheduleOptions {
  readonly seed: number;
  readonly durationMs: number;
  /** Default: all kinds. */
  readonly kinds?: readonly ChaosFaultKind[];
}

/** No faults at first, as a baseline. */
const CALM_MS = 8_000;
/** No fault is injected in the last seconds. */
const LAST_MS = 2_000;

/** Faults that are injected one after another, never two at once. */
type Lane = readonly (() => ChaosFault)[];

/**
 * Draws faults and their times in two lanes, so that two are often in effect at once: processes, clocks and Postgres in
 * one, banks in the other. Each lane is a shuffled list of all its faults, so a run of a few minutes has every kind.
 */
export function drawSchedule({ seed, durationMs, kinds = faultKinds }: ScheduleOptions): ChaosSchedule {
  const dice = new SeededChoices(seed);
  const has = (kind: ChaosFaultKind): boolean => kinds.includes(kind);
  const networkKinds = (['cut', 'delay', 'one_way'] as const).filter(has);
  const anyhow = (['kill', 'freeze', 'terminate', 'slow_start', ...networkKinds, 'clock_step'] as const).filter(has);
  const amid = (
    [
      ['kill', 'call'],
      ['kill', 'publishing'],
      ['freeze', 'call'],
    ] as const
  ).filter(([kind]) => has(kind));
  const system: Lane = anyhow.map((kind) => () => drawFault(dice, kind, 'postgres'));
  // Every second fault is an aimed one, so that a short or slow run has them too: they reach states that no other does.
  const aimed: Lane = [
    ...amid.map(
      ([kind, moment]) =>
        () =>
          drawFault(dice, kind, moment),
    ),
    ...(has('poison') ? [() => drawFault(dice, 'poison', 'postgres')] : []),
  ];
  const banks: Lane = [
    ...(has('bank') ? bankProtocol.faultNames.map((name) => () => drawFault(dice, 'bank', name)) : []),
    ...networkKinds.map((kind) => () => drawFault(dice, kind, dice.pick(bankProtocol.bankNames))),
  ];
  const drawn = [
    ...drawLane(dice, 'system', () => alternating(dice.shuffled(aimed), dice.shuffled(system)), durationMs, {
      lowest: 2_000,
      highest: 4_000,
    }),
    ...drawLane(dice, 'banks', () => dice.shuffled(banks), durationMs, { lowest: 1_000, highest: 3_000 }),
  ];
  const inOrder = drawn.sort((a, b) => a.atMs - b.atMs);
  return { durationMs, faults: inOrder.map((fault, index) => ({ number: index + 1, ...fault })) };
}

function drawLane(
  dice: SeededChoices,
  name: 'system' | 'banks',
  /** All faults of the lane, shuffled. */
  round: () => Lane,
  durationMs: number,
  gap: { lowest: number; highest: number },
): Omit<ScheduledFault, 'number'>[] {
  const drawn: Omit<ScheduledFault, 'number'>[] = [];
  let deck = round();
  if (deck.length === 0) return drawn;
  for (let atMs = CALM_MS + dice.between(0, 2_000, 100); ;) {
    if (deck.length === 0) deck = round();
    const fault = deck[0]!();
    deck = deck.slice(1);
    const lastsMs = durationOf(dice, fault);
    if (atMs + lastsMs > durationMs - LAST_MS) return drawn;
    drawn.push({ atMs, lastsMs, fault, lane: name });
    atMs += lastsMs + dice.between(gap.lowest, gap.highest, 100);
  }
}

/** Alternates between the two lists; the rest of the longer one follows. */
function alternating<T>(some: readonly T[], others: readonly T[]): T[] {
  const length = Math.max(some.length, others.length);
  return Array.from({ length }, (_, n) => [...some.slice(n, n + 1), ...others.slice(n, n + 1)]).flat();
}

function durationOf(dice: SeededChoices, { kind }: ChaosFault): number {
  switch (kind) {
    case 'freeze': // longer than a lease and Kafka's session, which are 10 s each
      return dice.between(11_500, 14_000, 100);
    case 'terminate':
      return dice.between(500, 4_000, 100);
    case 'one_way': // shorter or longer than the callers' time-outs
      return dice.between(3_000, 12_000, 100);
    case 'clock_step':
      return dice.between(6_000, 12_000, 100);
    case 'kill':
    case 'slow_start':
    case 'cut':
    case 'delay':
    case 'bank':
    case 'poison':
      return dice.between(4_000, 9_000, 100);
  }
}
