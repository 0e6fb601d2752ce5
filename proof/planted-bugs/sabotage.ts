/** A promise of docs/proof.md. */
export type PromiseId = `A${number}`;

/** One way to break the code on purpose: texts that stand there once, and what is put in their place. */
export interface Sabotage {
  readonly name: string;
  /** What is wrong then, and what comes of it. */
  readonly says: string;
  /** The promises that this breaks. It counts as caught only when one of them is what catches it. */
  readonly breaks: readonly PromiseId[];
  /** Where the simulation cannot show it: the specification that fails, and why no simulated world would. */
  readonly shownBySpec?: { readonly file: string; readonly because: string };
  readonly edits: readonly SourceEdit[];
}

export interface SourceEdit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}
