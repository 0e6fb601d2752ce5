/** One thing that a merchant wants, planned before the world begins. */
export type Operation =
  | {
      readonly kind: 'create';
      readonly atMs: number;
      readonly charge: number;
      readonly source: string;
      readonly amountMinor: number;
    }
  /** The same key again, to whichever instance. */
  | { readonly kind: 'repeat'; readonly atMs: number; readonly charge: number };

export const keyOf = (charge: number): string => `key-${charge}`;
