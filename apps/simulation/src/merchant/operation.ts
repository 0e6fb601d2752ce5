/** One thing that a merchant wants, planned before the world begins. `id` names it, and the key that it goes under. */
export type Operation = Wanted | Repeat;

export type Wanted = Create | Capture | Refund;

export interface Create {
  readonly kind: 'create';
  readonly id: number;
  readonly atMs: number;
  readonly source: string;
  readonly amountMinor: number;
  /** False: only authorized, to be captured or canceled later. */
  readonly capture: boolean;
}

/** `charge` is the operation that creates it. */
export interface Capture {
  readonly kind: 'capture';
  readonly id: number;
  readonly atMs: number;
  readonly charge: number;
  /** Undefined: all of it. */
  readonly amountMinor: number | undefined;
}

/** Of a charge that was not captured, this cancels it. */
export interface Refund {
  readonly kind: 'refund';
  readonly id: number;
  readonly atMs: number;
  readonly charge: number;
  readonly amountMinor: number | undefined;
}

/** The same request under the same key, so many times at once, to whichever instance. */
export interface Repeat {
  readonly kind: 'repeat';
  readonly atMs: number;
  readonly of: number;
  readonly times: number;
}

export const keyOf = ({ kind, id }: Wanted): string => `${kind}-${id}`;
