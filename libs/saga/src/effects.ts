/** An action after the commit, as a plain value. The handler registered for its kind performs it. */
export interface Effect {
  readonly kind: string;
}

/** Registered under the `kind` of its effects. */
export interface EffectHandler<Done extends Effect = Effect> {
  /** Runs synchronously after the commit. A throw is a bug and crashes the process: the commit cannot be undone. */
  committed(effect: Done): void;
  /** The transaction was rolled back, or its COMMIT got no answer: releases what was reserved for the effect. */
  rolledBack?(effect: Done): void;
}
