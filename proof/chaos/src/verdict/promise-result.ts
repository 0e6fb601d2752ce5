/** Result of checking one promise. */
export interface PromiseResult {
  readonly id: string;
  readonly promise: string;
  /** One line per violation. */
  readonly lines: readonly string[];
  /** Amount of evidence that was checked, for promises where it could be almost none. */
  readonly looked?: string;
}
