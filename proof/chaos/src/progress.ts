import type { StartProgress } from '../../../infra/local/runtime-options.js';
import { terminalProgress } from '../../../infra/local/terminal-progress.js';
import type { RunningStrike } from './nemesis/nemesis.js';
import type { RunningChaos, Watching } from './run/chaos-run.js';

const TICK_MS = 500;
/** Interval of progress lines if the output is no terminal. */
const PLAIN_EVERY_MS = 15_000;

/** Prints the progress of a run: one line that is overwritten on a terminal, plain lines otherwise. */
export class RunProgress implements Watching {
  readonly progress: StartProgress;
  #live: RunningChaos | undefined;
  #phase: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastPlainMs = 0;

  constructor(
    private readonly durationMs: number,
    private readonly output: NodeJS.WriteStream = process.stdout,
  ) {
    this.progress = terminalProgress(output);
  }

  began(live: RunningChaos): void {
    this.#live = live;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  struck(strike: RunningStrike): void {
    const { words, struckMs, liftingMs, liftedMs, error } = strike;
    const [atMs, what] =
      error !== undefined
        ? [this.#live?.elapsedMs() ?? 0, `could not be injected: ${error}`]
        : liftedMs !== undefined
          ? [liftedMs, 'over']
          : [liftingMs ?? struckMs, liftingMs === undefined ? 'begins' : undefined];
    if (what) this.say(`${clockTime(atMs)}  ${what.padEnd(6)}  ${words}`);
  }

  phase(words: string): void {
    this.#phase = words;
    if (!this.output.isTTY) this.say(`${clockTime(this.#live?.elapsedMs() ?? 0)}  ${words}`);
  }

  say(line: string): void {
    this.output.write(this.output.isTTY ? `\r\x1b[K${line}\n` : `${line}\n`);
  }

  end(): void {
    clearInterval(this.#timer);
    if (this.output.isTTY) this.output.write('\r\x1b[K');
  }

  #tick(): void {
    const live = this.#live!;
    const nowMs = live.elapsedMs();
    const recent = live.history.exchanges.slice(-400).filter(({ endedMs }) => endedMs > live.beganAt + nowMs - 5_000);
    const rate = (recent.length / Math.min(5, nowMs / 1_000)).toFixed(0);
    const slowest = recent.map(({ sentMs, endedMs }) => endedMs - sentMs).sort((a, b) => a - b);
    const p95 = ((slowest[Math.floor(slowest.length * 0.95)] ?? 0) / 1_000).toFixed(1);
    const now = this.#phase ?? (live.nemesis.standing.map(({ words }) => words).join('; ') || 'calm');
    const line = `${clockTime(nowMs)} of ${clockTime(this.durationMs)}  ${live.history.exchanges.length} requests, ${rate}/s, p95 ${p95} s  | ${now}`;
    if (this.output.isTTY) this.output.write(`\r\x1b[K${line.slice(0, this.output.columns - 1)}`);
    else if (nowMs - this.#lastPlainMs >= PLAIN_EVERY_MS) {
      this.#lastPlainMs = nowMs;
      this.say(line);
    }
  }
}

function clockTime(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
