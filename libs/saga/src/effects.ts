/** What a saved change brings about once it is committed: a plain value, done by the handler of its kind. */
export interface Effect {
  readonly kind: string;
}

/** Registered under the kind of its effects. */
export interface EffectHandler<Done extends Effect = Effect> {
  /** Right after the commit, synchronously. One that throws is a bug: it cannot undo a commit, and crashes the process. */
  committed(effect: Done): void;
  /** The transaction was rolled back, or its outcome is unknown: gives back what was reserved for the effect. */
  rolledBack?(effect: Done): void;
}
