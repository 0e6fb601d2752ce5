import { families, familyOf, type FaultFamily } from '../schedule/fault.js';
import type { RunningStrike } from '../nemesis/nemesis.js';
import { escape } from '../html.js';
import { at, colourOf, LEFT, titled, type TimeScale, type PlotPanel } from './plot-panel.js';

const ROW = 20;
/** Approximate width of a letter at this font size. */
const LETTER = 6.4;

/** One row per family of faults, or several if faults of a family overlap. */
export function faultPanel(strikes: readonly RunningStrike[], across: TimeScale, top: number): PlotPanel {
  const drawn: string[] = [];
  let rows = 0;
  for (const family of Object.keys(families) as FaultFamily[]) {
    const of = strikes.filter(({ fault }) => familyOf(fault.kind) === family);
    if (of.length === 0) continue;
    drawn.push(`<text x="${LEFT - 8}" y="${at(top + rows * ROW + 13)}" text-anchor="end">${family}</text>`);
    const lanes: number[] = [];
    for (const struck of of) {
      const free = lanes.findIndex((untilMs) => untilMs <= struck.struckMs);
      const lane = free < 0 ? lanes.length : free;
      lanes[lane] = struck.liftedMs ?? struck.struckMs;
      drawn.push(bar(struck, family, across, top + (rows + lane) * ROW));
    }
    rows += lanes.length;
  }
  return { svg: [titled('faults', top), ...drawn].join('\n'), height: Math.max(1, rows) * ROW };
}

function bar(struck: RunningStrike, family: FaultFamily, across: TimeScale, y: number): string {
  const { words, struckMs, liftingMs, liftedMs = struckMs } = struck;
  const [from, until] = [across(struckMs), Math.max(across(liftedMs), across(struckMs) + 2)];
  const lifting = liftingMs === undefined ? until : across(liftingMs);
  // The label must not extend over the pale part, where it would be unreadable.
  const room = Math.floor((lifting - from - 8) / LETTER);
  const full = `${struck.number} ${words}`;
  // At least the number, which refers to the table below.
  const label = full.length <= room ? full : room > 8 ? `${full.slice(0, room - 1)}…` : String(struck.number);
  const title = `<title>${escape(`${struck.number}. ${words}, ${((liftedMs - struckMs) / 1_000).toFixed(1)} s`)}</title>`;
  return [
    `<rect x="${at(from)}" y="${at(y + 1.5)}" width="${at(lifting - from)}" height="${ROW - 3}" rx="3" fill="${colourOf(family)}">${title}</rect>`,
    // The pale part: the time that lifting took, such as a process start.
    `<rect x="${at(lifting)}" y="${at(y + 1.5)}" width="${at(Math.max(0, until - lifting))}" height="${ROW - 3}" rx="3" fill="${colourOf(family)}" opacity="0.45">${title}</rect>`,
    `<text class="on" x="${at(from + 5)}" y="${at(y + 13.5)}">${escape(label)}</text>`,
  ].join('');
}
