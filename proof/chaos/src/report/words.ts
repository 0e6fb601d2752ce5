import type { ChaosReport } from './report.js';

/** Renders a summary of the report for a terminal. */
export function inWords(report: ChaosReport): string {
  const { judged, sometimes, unreached, strikes, numbers, quietAfterMs, soundAfterMs } = report;
  const width = Math.max(...judged.map(({ id }) => id.length));
  const count = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([state, times]) => `${times} ${state}`)
      .join(', ') || 'none';
  return [
    `${numbers.requests} requests under ${numbers.keys} keys; charges: ${count(numbers.charges)}; refunds and cancellations: ${count(numbers.refunds)}`,
    `quiet ${seconds(quietAfterMs)} and reconciled ${seconds(soundAfterMs)} after the last fault`,
    '',
    ...judged.flatMap(({ id, promise, lines, looked }) => [
      `${lines.length === 0 ? '✓' : '✗'} ${id.padEnd(width)}  ${promise}${looked === undefined ? '' : ` (${looked})`}`,
      ...lines.slice(0, 5).map((line) => `    ${line}`),
      ...(lines.length > 5 ? [`    … and ${lines.length - 5} more`] : []),
    ]),
    '',
    'Reached:',
    ...sometimes.map(({ what, times }) => `${String(times).padStart(6)} × ${what}`),
    ...unreached.map(({ what }) => `✗ not reached, though the scenario requires it: ${what}`),
    ...strikes.flatMap(({ words, error }) => (error === undefined ? [] : [`✗ ${words}: ${error}`])),
  ].join('\n');
}

const seconds = (ms: number | null): string => (ms === null ? 'never' : `${(ms / 1_000).toFixed(1)} s`);
