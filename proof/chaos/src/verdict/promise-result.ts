/** What came of one promise. */
export interface PromiseResult {
  readonly id: string;
  readonly promise: string;
  /** One line per violation. */
  readonly lines: readonly string[];
  /** How much there was to look at, where that could be next to nothing. */
  readonly looked?: string;
}
