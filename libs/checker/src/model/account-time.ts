import type { ApiExchange } from '../history.js';

/** The clocks of instances and of clients may disagree, and step. */
export const CLOCKS_DIFFER_MS = 10 * 60 * 1_000;

interface Setting {
  readonly offsetMs: readonly [least: number, most: number];
  readonly sentMs: number;
  readonly endedMs: number;
  readonly acknowledged: boolean;
}

/** What an account's own time may be: its test clock moves it, and runs on from there. */
export class AccountTime {
  readonly #settings: readonly Setting[];
  readonly #hasDeletions: boolean;

  constructor(exchanges: readonly ApiExchange[]) {
    const about = exchanges.filter(({ path }) => path.startsWith('/v1/test_helpers/test_clocks'));
    this.#hasDeletions = about.some(({ method }) => method === 'DELETE');
    this.#settings = about
      .filter(({ method, parameters, answer }) => method === 'POST' && parameters['frozen_time'] && !isRefused(answer))
      .map(({ parameters, sentMs, endedMs, answer }) => {
        const setMs = Number(parameters['frozen_time']) * 1_000;
        return { offsetMs: [setMs - endedMs, setMs - sentMs], sentMs, endedMs, acknowledged: answer?.status === 200 };
      });
  }

  /** The least that the account's time may be at this moment, and the most. */
  at(ms: number): readonly [least: number, most: number] {
    const sent = this.#settings.filter(({ sentMs }) => sentMs <= ms);
    const known = this.#hasDeletions ? [] : sent.filter(({ acknowledged, endedMs }) => acknowledged && endedMs <= ms);
    // Without a clock, or with one that was deleted, it lives in everybody's time.
    const ordinary = known.length === 0 ? [0] : [];
    const least =
      known.length > 0
        ? Math.max(...known.map(({ offsetMs }) => offsetMs[0]))
        : Math.min(...ordinary, ...sent.map(({ offsetMs }) => offsetMs[0]));
    const most = Math.max(...ordinary, ...sent.map(({ offsetMs }) => offsetMs[1]));
    return [ms + least, ms + most];
  }
}

const isRefused = (answer: ApiExchange['answer']): boolean =>
  answer !== undefined && answer.status >= 400 && answer.status < 500 && answer.status !== 409;
