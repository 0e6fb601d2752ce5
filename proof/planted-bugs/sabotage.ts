/** A promise of docs/proof.md. */
export type PromiseId = `A${number}`;

/** A planted bug: edits of source text, each of which must match exactly once. */
export interface Sabotage {
  readonly name: string;
  /** The error and its consequence, as one sentence. */
  readonly says: string;
  /** The promises that it breaks. The bug is caught only if one of these is broken. */
  readonly breaks: readonly PromiseId[];
  /** For a bug that the simulation cannot show: the test that fails, and why no simulated world would. */
  readonly shownBySpec?: { readonly file: string; readonly because: string };
  readonly edits: readonly SourceEdit[];
}

export interface SourceEdit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}
