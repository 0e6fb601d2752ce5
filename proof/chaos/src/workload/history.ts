import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { RecordedExchange, UnreadableRequest } from './exchange.js';

/** Requests and answers of all clients, kept for the verdict and written to disk as they end, one JSON object per line. */
export class History {
  readonly exchanges: RecordedExchange[] = [];
  readonly unreadable: UnreadableRequest[] = [];
  readonly #file: WriteStream;
  #next = 1;

  constructor(path: string) {
    this.#file = createWriteStream(path);
  }

  nextNumber(): number {
    return this.#next++;
  }

  add(exchange: RecordedExchange): void {
    this.exchanges.push(exchange);
    this.#write(exchange);
  }

  addUnreadable(request: UnreadableRequest): void {
    this.unreadable.push(request);
    this.#write(request);
  }

  /** Exchanges in the order of sending. `exchanges` has the order of the answers. */
  get inOrder(): RecordedExchange[] {
    return this.exchanges.toSorted((a, b) => a.number - b.number);
  }

  async close(): Promise<void> {
    this.#file.end();
    await once(this.#file, 'finish');
  }

  #write(line: object): void {
    this.#file.write(`${JSON.stringify(line)}\n`);
  }
}
