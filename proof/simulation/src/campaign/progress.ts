const SAY_EVERY_MIN_MS = 2_000;
const SAY_EVERY_MAX_MS = 30_000;

interface Extent {
  readonly schedules: number;
  readonly seconds: number | undefined;
}

/** Progress lines of a campaign: frequent at first, so that mistakes show early, then rare, so that logs stay short. */
export class CampaignProgress {
  #saidMs: number;

  /** @param startedMs monotonic milliseconds, as all times here */
  constructor(
    private readonly extent: Extent,
    private readonly startedMs: number,
  ) {
    this.#saidMs = startedMs;
  }

  /** The next progress line, if one is due. */
  line(done: number, failures: readonly { readonly seed: number }[], nowMs: number): string | undefined {
    const tookMs = nowMs - this.startedMs;
    const everyMs = Math.min(Math.max(SAY_EVERY_MIN_MS, tookMs / 20), SAY_EVERY_MAX_MS);
    if (nowMs - this.#saidMs < everyMs) return undefined;
    this.#saidMs = nowMs;
    const { schedules } = this.extent;
    const broken = `${failures.length} broken${failures[0] ? `, such as ${failures[0].seed}` : ''}`;
    const of = schedules === Infinity ? '' : ` of ${schedules}`;
    return `  ${done}${of} schedules, ${perMinute(done, tookMs)} a minute, ${broken}, ${inWords(this.#leftMs(done, tookMs))} left`;
  }

  #leftMs(done: number, tookMs: number): number {
    const { schedules, seconds = Infinity } = this.extent;
    return Math.max(0, Math.min((schedules - done) * (tookMs / done), seconds * 1_000 - tookMs));
  }
}

export const perMinute = (count: number, ms: number): number => Math.round((count / ms) * 60_000);

const inWords = (ms: number): string =>
  ms < 100_000 ? `${Math.ceil(ms / 1_000)} s` : `about ${Math.round(ms / 60_000)} min`;
