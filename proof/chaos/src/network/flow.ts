import type { Socket } from 'node:net';

type Parcel = { readonly arrivedMs: number } & (
  { readonly kind: 'bytes'; readonly bytes: Buffer } | { readonly kind: 'end' } | { readonly kind: 'reset' }
);

/**
 * One direction of one connection. Bytes, end and reset are forwarded in order and with the link's delay, so while the
 * link holds this direction the receiver sees neither data nor the end of the connection.
 */
export class ByteFlow {
  readonly #parcels: Parcel[] = [];
  readonly #end = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;

  /** @param paceMs current delay of a parcel in milliseconds; undefined while the direction is held */
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

  /** Forwards the parcels that are due. */
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
      // After all written bytes are sent: a late request arrives although its caller has disconnected.
      this.to.destroySoon();
      this.#end.resolve();
    }
  }
}
