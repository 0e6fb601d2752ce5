import { familyOf } from '../schedule/fault.js';
import type { RunningStrike } from '../nemesis/nemesis.js';
import { breakerPanel } from './breaker-panel.js';
import { faultPanel } from './fault-panel.js';
import { span } from '../html.js';
import { at, colourOf, LEFT, RIGHT, titled, WIDTH, type TimeScale, type PlotPanel } from './plot-panel.js';
import type { ChaosReport } from './report.js';
import type { SecondSummary } from './timeline.js';

const GAP = 34;
const RATE_HEIGHT = 150;
const LATENCY_HEIGHT = 130;

export const outcomes = [
  ['settled', 'settled', 'var(--settled)'],
  ['pending', 'pending', 'var(--pending)'],
  ['refused', 'a definite no', 'var(--refused)'],
  ['turnedAway', 'turned away for now', 'var(--turned)'],
  ['silent', 'no answer', 'var(--silent)'],
] as const;

/** Renders the timeline: answers, latency, breakers, and the faults as bands in the background. */
export function plotOf(report: ChaosReport): string {
  const { seconds, strikes, breakers, healedMs } = report;
  const endMs = Math.max(seconds.length * 1_000, healedMs + 3_000);
  const across: TimeScale = (ms) => LEFT + (Math.min(ms, endMs) / endMs) * (WIDTH - LEFT - RIGHT);
  const panels = [
    (top: number) => ratePanel(seconds, across, top),
    (top: number) => latencyPanel(seconds, across, top),
    (top: number) => breakerPanel(breakers, across, top),
    (top: number) => faultPanel(strikes, across, top),
  ];
  let top = 24;
  const drawn: string[] = [];
  for (const panel of panels) {
    const { svg, height } = panel(top);
    drawn.push(svg);
    top += height + GAP;
  }
  const bottom = top - GAP + 8;
  const behind = strikes.map((struck) => band(struck, across, 24, 24 + RATE_HEIGHT + GAP + LATENCY_HEIGHT));
  const healed = across(healedMs);
  return `<svg viewBox="0 0 ${WIDTH} ${bottom + 22}" role="img" aria-label="Timeline of the run">
${timeAxis(endMs, across, bottom)}
${behind.join('\n')}
${drawn.join('\n')}
<line class="healed" x1="${at(healed)}" x2="${at(healed)}" y1="16" y2="${bottom}"/><text x="${at(healed - 5)}" y="12" text-anchor="end">all faults lifted</text>
</svg>`;
}

function band(struck: RunningStrike, across: TimeScale, top: number, bottom: number): string {
  const from = across(struck.struckMs);
  const until = across(struck.liftedMs ?? struck.struckMs);
  return `<rect x="${at(from)}" y="${top}" width="${at(Math.max(1, until - from))}" height="${bottom - top}" fill="${colourOf(familyOf(struck.fault.kind))}" opacity="0.07"/>`;
}

function ratePanel(seconds: readonly SecondSummary[], across: TimeScale, top: number): PlotPanel {
  const sum = (second: SecondSummary): number => outcomes.reduce((all, [name]) => all + second[name], 0);
  // The scale ignores the highest seconds: a burst of fifty connections would flatten all others.
  const sums = seconds.map(sum).sort((a, b) => a - b);
  const highest = Math.max(5, (sums[Math.floor(sums.length * 0.985)] ?? 5) * 1.1);
  const y = (value: number): number => top + RATE_HEIGHT * (1 - Math.min(value, highest) / highest);
  const width = Math.max(1, across(1_000) - across(0) - 0.6);
  const bars = seconds.flatMap((second) => {
    let below = 0;
    return outcomes.flatMap(([name, , colour]) => {
      const value = second[name];
      if (value === 0) return [];
      const [low, high] = [y(below), y((below += value))];
      return `<rect x="${at(across(second.atS * 1_000))}" y="${at(high)}" width="${at(width)}" height="${at(low - high)}" fill="${colour}"><title>second ${second.atS}: ${value} ${name}</title></rect>`;
    });
  });
  const lines = [0.5, 1].map((share) => gridLine(y(highest * share), String(Math.round(highest * share))));
  return { svg: [titled('answers per second', top), ...lines, ...bars].join('\n'), height: RATE_HEIGHT };
}

function latencyPanel(seconds: readonly SecondSummary[], across: TimeScale, top: number): PlotPanel {
  const [lowest, highest] = [10, 40_000];
  const y = (ms: number): number =>
    top +
    LATENCY_HEIGHT * (1 - Math.log(Math.min(Math.max(ms, lowest), highest) / lowest) / Math.log(highest / lowest));
  const line = (name: 'p50Ms' | 'p99Ms', colour: string, width: number): string => {
    const lines = stretchesOf(seconds, name).map((stretch) => {
      const points = stretch.map(({ atS, [name]: ms }) => `${at(across(atS * 1_000 + 500))},${at(y(ms!))}`);
      return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round" stroke-linecap="round"/>`;
    });
    return lines.join('');
  };
  const lines = [10, 100, 1_000, 10_000].map((ms) => gridLine(y(ms), span(ms)));
  return {
    svg: [
      titled('latency, logarithmic', top),
      ...lines,
      line('p99Ms', 'var(--p99)', 1.2),
      line('p50Ms', 'var(--p50)', 1.8),
    ].join('\n'),
    height: LATENCY_HEIGHT,
  };
}

/** Consecutive seconds with answers. The line is interrupted where there were none. */
function stretchesOf(seconds: readonly SecondSummary[], name: 'p50Ms' | 'p99Ms'): SecondSummary[][] {
  const stretches: SecondSummary[][] = [[]];
  for (const second of seconds) {
    if (second[name] !== null) stretches.at(-1)!.push(second);
    else if (stretches.at(-1)!.length > 0) stretches.push([]);
  }
  return stretches.filter((stretch) => stretch.length > 0);
}

function gridLine(y: number, words: string): string {
  return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y)}" y2="${at(y)}"/><text x="${LEFT - 8}" y="${at(y + 4)}" text-anchor="end">${words}</text>`;
}

function timeAxis(endMs: number, across: TimeScale, bottom: number): string {
  const everyS = [5, 10, 15, 30, 60, 120, 300].find((step) => endMs / 1_000 / step <= 14) ?? 600;
  return Array.from({ length: Math.floor(endMs / 1_000 / everyS) + 1 }, (_, n) => {
    const seconds = n * everyS;
    const words = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    const x = at(across(seconds * 1_000));
    return `<line class="grid" x1="${x}" x2="${x}" y1="24" y2="${bottom}"/><text x="${x}" y="${bottom + 16}" text-anchor="middle">${words}</text>`;
  }).join('\n');
}
