import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { RecordedExchange, UnreadableRequest } from './exchange.js';

/** All that clients did and were told: on disk as it happens, one JSON object a line, and at hand for the verdict. */
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

  /** In the order of sending; they came in the order of their answers. */
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
