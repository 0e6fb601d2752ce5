import type { ApiExchange } from '../history.js';

/** Largest difference between clocks of instances and clients: chaos runs step them by up to 50 minutes, back or ahead. */
export const CLOCKS_DIFFER_MS = 2 * 60 * 60 * 1_000;
/** Time within which every instance learns of a test clock, by notification or poll, even under faults. */
const HEARD_WITHIN_MS = 120_000;
/** A test clock is deleted a month after its creation. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

/** A change of an account's time: to a test clock's, or back to real time. */
interface Setting {
  /** Undefined for real time. */
  readonly frozenMs: number | undefined;
  /** An advance never sets time back. */
  readonly isAdvance: boolean;
  readonly sentMs: number;
  /** When it was certainly in effect; Infinity without an answer. */
  readonly doneMs: number;
}

const everybodys: Setting = { frozenMs: undefined, isAdvance: false, sentMs: -Infinity, doneMs: -Infinity };

/** The possible times of an account. An instance may not know the latest setting yet, so earlier ones count until it must. */
export class AccountTime {
  readonly #settings: readonly Setting[];

  constructor(exchanges: readonly ApiExchange[]) {
    const about = exchanges.filter(({ path }) => path.startsWith('/v1/test_helpers/test_clocks'));
    this.#settings = about.length === 0 ? [] : [everybodys, ...about.flatMap(settingsIn)];
  }

  /** The least and the greatest possible time within this range. */
  between(fromMs: number, toMs: number): readonly [least: number, most: number] {
    if (this.#settings.length === 0) return [fromMs, toMs];
    const known = this.#settings.filter(({ sentMs }) => sentMs <= toMs);
    const heard = known.filter(({ doneMs }) => doneMs <= fromMs - HEARD_WITHIN_MS);
    const but = (by: readonly Setting[]): Setting[] =>
      known.filter((setting) => !by.some(({ sentMs }) => sentMs > setting.doneMs));
    return [
      Math.min(...but(heard).map((setting) => earliest(setting, fromMs))),
      Math.max(...but(heard.filter(({ isAdvance }) => !isAdvance)).map((setting) => latest(setting, toMs))),
    ];
  }

  at(ms: number): readonly [least: number, most: number] {
    return this.between(ms, ms);
  }
}

const earliest = ({ frozenMs, doneMs }: Setting, fromMs: number): number =>
  frozenMs === undefined ? fromMs : frozenMs + Math.max(0, fromMs - doneMs);

const latest = ({ frozenMs, sentMs }: Setting, toMs: number): number =>
  frozenMs === undefined ? toMs : frozenMs + (toMs - sentMs);

function settingsIn({ method, path, parameters, sentMs, endedMs, answer }: ApiExchange): Setting[] {
  if (method === 'GET' || (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 409)) return [];
  const doneMs = answer?.status === 200 ? endedMs : Infinity;
  if (method === 'DELETE') return [{ frozenMs: undefined, isAdvance: false, sentMs, doneMs }];
  const frozenMs = Number(parameters['frozen_time']) * 1_000;
  if (path.endsWith('/advance')) return [{ frozenMs, isAdvance: true, sentMs, doneMs }];
  const retired = {
    frozenMs: undefined,
    isAdvance: false,
    sentMs: sentMs + KEPT_MS - CLOCKS_DIFFER_MS,
    doneMs: Infinity,
  };
  return [{ frozenMs, isAdvance: false, sentMs, doneMs }, retired];
}
