import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Asked, Told } from '#checker';

/** One request on the wire and what came of it, as it is kept on disk. Times count from the beginning of the workload. */
export interface Exchange {
  readonly number: number;
  /** What the client was up to. */
  readonly story: string;
  /** `read` and `hostile` move no money. */
  readonly asked: Asked | 'read' | 'hostile';
  readonly account: string;
  readonly key: string;
  /** Which instance was asked. */
  readonly at: string;
  readonly sentMs: number;
  readonly endedMs: number;
  readonly kind: Told['kind'];
  readonly status?: number;
  readonly body?: string;
  readonly chargeId?: string;
  /** Of what was asked: amounts, mostly. */
  readonly amountMinor?: number;
  /** The client hung up on purpose, after it had sent everything. */
  readonly hungUp?: true;
  /** The answer says that it was given before. */
  readonly replayed?: true;
}

/** All that clients did and were told: on disk as it happens, one JSON object a line, and at hand for the checker. */
export class History {
  readonly exchanges: Exchange[] = [];
  readonly #file: WriteStream;
  #next = 1;

  constructor(path: string) {
    this.#file = createWriteStream(path);
  }

  nextNumber(): number {
    return this.#next++;
  }

  add(exchange: Exchange): void {
    this.exchanges.push(exchange);
    this.#file.write(`${JSON.stringify(exchange)}\n`);
  }

  /** As the checker wants it. */
  get told(): Told[] {
    return toldOf(this.exchanges);
  }

  async close(): Promise<void> {
    this.#file.end();
    await once(this.#file, 'finish');
  }
}

/** An answer of 5xx leaves its client as unknowing as none at all. */
export function toldOf(exchanges: readonly Exchange[]): Told[] {
  return exchanges.flatMap(({ asked, account, key, kind, status, body, chargeId }) =>
    asked === 'read' || asked === 'hostile'
      ? []
      : [
          {
            asked,
            account,
            key,
            kind,
            ...(status !== undefined && { status }),
            ...(body !== undefined && status! < 500 && { body }),
            ...(chargeId !== undefined && { chargeId }),
          },
        ],
  );
}
