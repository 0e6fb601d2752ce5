import { write } from 'node:fs';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';

const writeTo = promisify(write);
/** Limit on buffered lines while the reader is blocked. */
const WAITING_LINES = 1_000;
const BUSY_MS = 50;

/**
 * Output of the supervisor, which must never block or stop it: by a closed pipe (`| head`), a full disk, or Ctrl-S. Writes
 * go through the thread pool, one at a time; lines that cannot be written are dropped.
 */
export class TerminalOutput {
  #waiting: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #idle = true;

  /** @param columns of the terminal; undefined when it is none */
  constructor(
    private readonly fd: number,
    readonly columns?: number,
  ) {}

  write(text: string): void {
    if (this.#waiting.length >= WAITING_LINES) return;
    this.#waiting.push(text);
    if (!this.#idle) return;
    this.#idle = false;
    this.#writing = this.#drain();
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  /** Resolves once all lines are written or dropped, or after the time limit. */
  async flush(limitMs = 500): Promise<void> {
    await Promise.race([this.#writing, sleep(limitMs, undefined, { ref: false })]);
  }

  async #drain(): Promise<void> {
    for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
      await this.#write(Buffer.from(text)).catch(() => undefined);
    }
    this.#idle = true;
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      try {
        at += (await writeTo(this.fd, bytes, at)).bytesWritten;
      } catch (error) {
        // Another process on the same terminal or pipe may have made it non-blocking.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        await sleep(BUSY_MS);
      }
    }
  }
}
