import type { Socket } from 'node:net';

type Parcel = { readonly arrivedMs: number } & (
  { readonly kind: 'bytes'; readonly bytes: Buffer } | { readonly kind: 'end' } | { readonly kind: 'reset' }
);

/**
 * One direction of one connection: everything that its source does, in order, at its own pace. The end of a connection
 * travels like its bytes do, so whoever is behind a link that is held hears neither of them.
 */
export class ByteFlow {
  readonly #parcels: Parcel[] = [];
  readonly #end = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;

  /** @param paceMs how long a parcel is kept; undefined while it is held */
  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly paceMs: () => number | undefined,
  ) {
    from.on('data', (bytes: Buffer) => this.#take({ kind: 'bytes', bytes, arrivedMs: performance.now() }));
    from.on('end', () => this.#take({ kind: 'end', arrivedMs: performance.now() }));
    from.on('error', () => undefined);
    from.on('close', () => this.#take({ kind: 'reset', arrivedMs: performance.now() }));
  }

  get ended(): Promise<void> {
    return this.#end.promise;
  }

  /** Sends on what is due by now. */
  pump(): void {
    clearTimeout(this.#timer);
    for (let next = this.#parcels[0]; next; next = this.#parcels[0]) {
      const paceMs = this.paceMs();
      if (paceMs === undefined) return;
      const dueInMs = next.arrivedMs + paceMs - performance.now();
      if (dueInMs > 0) {
        this.#timer = setTimeout(() => this.pump(), dueInMs);
        return;
      }
      this.#parcels.shift();
      this.#deliver(next);
    }
  }

  reset(): void {
    clearTimeout(this.#timer);
    this.from.resetAndDestroy();
    this.to.resetAndDestroy();
    this.#parcels.length = 0;
    this.#end.resolve();
  }

  #take(parcel: Parcel): void {
    this.#parcels.push(parcel);
    this.pump();
  }

  #deliver(parcel: Parcel): void {
    if (parcel.kind === 'bytes') this.to.write(parcel.bytes);
    else if (parcel.kind === 'end') this.to.end();
    else {
      // Once what was written has gone out: a late request arrives although its caller has left.
      this.to.destroySoon();
      this.#end.resolve();
    }
  }
}
