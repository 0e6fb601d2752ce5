import type { ChargeTimeline, PlacedEntry } from '#charge-story';

/** One moment as a row: its actor stands in a lane, and an arrow comes from where its cause happened. */
export interface SwimlaneRow {
  readonly id: string;
  /** Milliseconds since the charge was asked for; null when its time is not known. */
  readonly atMs: number | null;
  readonly isEstimate: boolean;
  /** Milliseconds since the row above, where so much time passed that a reader would ask why. */
  readonly gapMs: number | null;
  readonly who: string;
  /** Index of the actor's lane. */
  readonly lane: number;
  /** Index of the lane from which its cause came; null when it came from its own. */
  readonly from: number | null;
  /** Index of the lane of the bank that is asked. */
  readonly to: number | null;
  readonly tone: PlacedEntry['tone'];
  readonly text: string;
  /** Names of the events that it says. */
  readonly events: readonly string[];
  readonly undoes: string | null;
}

export interface SwimlaneLayout {
  readonly lanes: readonly string[];
  readonly rows: readonly SwimlaneRow[];
}

const services = ['merchant', 'payments-api', 'bank-gateway'];
const GAP_FROM_MS = 1_000;

/** Merchant, API, gateway, the banks that took part, ledger: the way of a charge from left to right. */
export function layoutOf({ moments, beganAt }: Pick<ChargeTimeline, 'moments' | 'beganAt'>): SwimlaneLayout {
  const others = moments.flatMap(({ who, asks }) => [who, ...(asks === undefined ? [] : [asks])]);
  const banks = [...new Set(others)].filter((who) => !services.includes(who) && who !== 'ledger');
  const lanes = [...services, ...banks, 'ledger'];
  const laneOf = (who: string): number => lanes.indexOf(who);
  const byName = new Map<string, PlacedEntry>();
  for (const moment of moments)
    for (const name of [moment.id, ...(moment.says ?? []).map(({ id }) => id)]) byName.set(name, moment);

  let lastMs = 0;
  const rows = moments.map((moment): SwimlaneRow => {
    const { id, who, text, tone, shownAt, isEstimate, asks, says = [], undoes = null, because } = moment;
    const atMs = shownAt === null || beganAt === null ? null : shownAt - beganAt;
    const sinceMs = atMs === null ? 0 : atMs - lastMs;
    if (atMs !== null) lastMs = atMs;
    const cause = because.flatMap((name) => byName.get(name) ?? []).find((each) => each !== moment);
    const from = cause === undefined || cause.who === who ? null : laneOf(cause.who);
    return {
      id,
      atMs,
      isEstimate,
      gapMs: sinceMs >= GAP_FROM_MS ? sinceMs : null,
      who,
      lane: laneOf(who),
      from,
      to: asks === undefined ? null : laneOf(asks),
      tone,
      text,
      events: says.map(({ name }) => name),
      undoes,
    };
  });
  return { lanes, rows };
}
