/** A thread's task. */
export interface SeedRange {
  readonly firstSeed: number;
  readonly count: number;
}

/** Result of a task. */
export interface TaskReport {
  readonly count: number;
  readonly events: number;
  readonly counts: readonly (readonly [string, number])[];
  readonly failures: readonly { readonly seed: number; readonly broken: readonly string[] }[];
}
