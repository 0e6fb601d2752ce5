import type { Judge } from '../world/world.js';

/** What a thread is started with. */
export interface Given {
  readonly judge: Judge;
  /** A task ends with the first schedule that breaks something. */
  readonly untilBroken: boolean;
  /** It goes on until one of these promises is broken; undefined: any. */
  readonly sought?: readonly string[] | undefined;
}

/** What a thread is to do. */
export interface Task {
  readonly firstSeed: number;
  readonly count: number;
}

/** What came of a task. */
export interface TaskReport {
  readonly count: number;
  readonly events: number;
  readonly counts: readonly (readonly [string, number])[];
  readonly failures: readonly { readonly seed: number; readonly broken: readonly string[] }[];
}

/** Whether a run that broke these promises is what `untilBroken` waits for. */
export const isSought = ({ untilBroken, sought }: Given, broken: readonly string[]): boolean =>
  untilBroken && broken.length > 0 && (sought === undefined || broken.some((id) => sought.includes(id)));
