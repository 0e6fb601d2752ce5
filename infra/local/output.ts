import { write } from 'node:fs';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';

const writeTo = promisify(write);
/** Lines that may wait for a reader who does not read. */
const WAITING_LINES = 1_000;
const BUSY_MS = 50;

/**
 * Where the supervisor speaks. Nothing that happens to it may stop the supervisor: a closed pipe (`| head`), a full disk
 * below it, a terminal held by Ctrl-S. So writes go by the thread pool, one at a time, and what cannot be written is lost.
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

  /** Resolves once all is written or lost, or the time is up. */
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
        // Whoever shares the terminal or the pipe may have made it non-blocking.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        await sleep(BUSY_MS);
      }
    }
  }
}
