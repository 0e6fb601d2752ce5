import { captureAndCancellationAtOnce } from './capture-and-cancellation-at-once.js';
import { failedNeighbour } from './failed-neighbour.js';
import type { Regression } from './regression.js';

/** Part of every campaign that breaks the code on purpose, before anything is drawn. */
export const regressions: readonly Regression[] = [captureAndCancellationAtOnce, failedNeighbour];
