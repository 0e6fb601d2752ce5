import type { FaultFamily } from '../schedule/fault.js';

export const WIDTH = 1_140;
/** Width of the labels at the left. */
export const LEFT = 92;
export const RIGHT = 14;

/** Maps a time to its x coordinate. */
export type TimeScale = (ms: number) => number;
/** A part of the plot, drawn below some `top`. */
export interface PlotPanel {
  readonly svg: string;
  readonly height: number;
}

export const at = (value: number): string => value.toFixed(1);
export const titled = (words: string, top: number): string =>
  `<text class="title" x="0" y="${at(top - 9)}">${words}</text>`;
export const colourOf = (family: FaultFamily): string => `var(--${family})`;
