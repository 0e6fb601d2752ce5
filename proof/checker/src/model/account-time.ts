import type { ApiExchange } from '../history.js';

/**
 * By what the clocks of instances and of clients may disagree. Those of a chaos run step by up to fifty minutes, one
 * ahead and another back: a test clock that one of them has set is read by the other.
 */
export const CLOCKS_DIFFER_MS = 2 * 60 * 60 * 1_000;
/** Instances hear of a test clock by a notification or a poll, either of which a fault may hold up. */
const HEARD_WITHIN_MS = 120_000;
/** A test clock goes a month after it was made. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

/** An account's time was set, or became everybody's again. */
interface Setting {
  /** Undefined: everybody's time. */
  readonly frozenMs: number | undefined;
  /** It never sets time back, so that time which had run past it runs on. */
  readonly isAdvance: boolean;
  readonly sentMs: number;
  /** When it was certainly done; Infinity when nobody knows. */
  readonly doneMs: number;
}

const everybodys: Setting = { frozenMs: undefined, isAdvance: false, sentMs: -Infinity, doneMs: -Infinity };

/**
 * What any instance may take for an account's own time: its test clock moves it, and runs on from there. Some instance
 * may not have heard of a setting yet, so an earlier one counts until everybody has.
 */
export class AccountTime {
  readonly #settings: readonly Setting[];

  constructor(exchanges: readonly ApiExchange[]) {
    const about = exchanges.filter(({ path }) => path.startsWith('/v1/test_helpers/test_clocks'));
    this.#settings = about.length === 0 ? [] : [everybodys, ...about.flatMap(settingsIn)];
  }

  /** The least that it may be at some moment of this span, and the most. */
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
