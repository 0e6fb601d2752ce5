import { fullJitterMs, seededRandom } from '#clock';

/** Retries of many clients after a bank's outage, for one kind of backoff. */
export interface HerdRun {
  readonly name: string;
  /** Attempts in each slot. */
  readonly attempts: readonly number[];
  /** Attempts that the bank refused. */
  readonly refused: number;
  /** When the last client was served. */
  readonly lastServedMs: number;
}

export const SLOT_MS = 100;
const CLIENTS = 1_000;
/** Attempts that the bank can answer per slot. It refuses the rest with a 503. */
const PER_SLOT = 30;
const limits = { baseMs: 500, capMs: 30_000 };

type Wait = (attempt: number, random: () => number) => number;
const waits: readonly [string, Wait][] = [
  ['every 500 ms', () => limits.baseMs],
  ['exponential, no jitter', (attempt) => fullJitterMs(attempt, limits, () => 1 - Number.EPSILON)],
  ['exponential, full jitter', (attempt, random) => fullJitterMs(attempt, limits, random)],
];

/** All clients fail at the same moment, just before the bank is back. Seeded, so equal on every machine. */
export function herdRuns(): HerdRun[] {
  return waits.map(([name, wait]) => runOf(name, wait));
}

function runOf(name: string, wait: Wait): HerdRun {
  const random = seededRandom(1);
  const waiting = Array.from({ length: CLIENTS }, () => ({ dueMs: wait(1, random), attempt: 1 }));
  const attempts: number[] = [];
  let refused = 0;
  for (let slot = 0; waiting.length > 0; slot += 1) {
    const endMs = (slot + 1) * SLOT_MS;
    const due = waiting.filter(({ dueMs }) => dueMs < endMs).toSorted((a, b) => a.dueMs - b.dueMs);
    attempts.push(due.length);
    for (const client of due.slice(0, PER_SLOT)) waiting.splice(waiting.indexOf(client), 1);
    for (const client of due.slice(PER_SLOT)) {
      refused += 1;
      client.attempt += 1;
      client.dueMs += wait(client.attempt, random);
    }
  }
  return { name, attempts, refused, lastServedMs: attempts.length * SLOT_MS };
}

const width = 720;
const panelHeight = 150;
const left = 60;
const shownMs = 20_000;

/** Renders the runs as one SVG, readable on light and dark pages. */
export function herdPicture(runs: readonly HerdRun[] = herdRuns()): string {
  const most = Math.max(...runs.flatMap(({ attempts }) => attempts));
  const panels = runs.map((run, index) => panelOf(run, index * panelHeight + 40, most));
  const height = runs.length * panelHeight + 60;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<style>
  text { fill: #333 } .bar { fill: #d98324 } .axis { stroke: #999 } .capacity { stroke: #2f9e63; stroke-dasharray: 4 3 }
  @media (prefers-color-scheme: dark) { text { fill: #ccc } .axis { stroke: #666 } }
</style>
<title>Attempts per ${SLOT_MS} ms of ${CLIENTS} clients whose bank came back, by how they wait</title>
<text x="${left}" y="16">${CLIENTS} clients, turned away together; the bank answers ${PER_SLOT} in ${SLOT_MS} ms (dashed). Attempts per ${SLOT_MS} ms:</text>
${panels.join('\n')}
</svg>
`;
}

function panelOf({ name, attempts, refused, lastServedMs }: HerdRun, top: number, most: number): string {
  const [inner, base] = [panelHeight - 50, top + panelHeight - 30];
  const x = (ms: number): number => round(left + (ms / shownMs) * (width - left - 10));
  const y = (count: number): number => round(base - (count / most) * inner);
  const bars = attempts
    .slice(0, shownMs / SLOT_MS)
    .map((count, slot) => [count, slot] as const)
    .filter(([count]) => count > 0)
    .map(
      ([count, slot]) =>
        `<rect class="bar" x="${x(slot * SLOT_MS)}" y="${y(count)}" width="2.6" height="${round(base - y(count))}"/>`,
    );
  const seconds = [0, 5, 10, 15, 20].map((s) => `<text x="${x(s * 1_000)}" y="${base + 14}">${s} s</text>`);
  const served = `the last client is served after ${(lastServedMs / 1_000).toFixed(1)} s; ${refused} attempts were refused`;
  return `<g>
<text x="${left}" y="${top + 4}" font-weight="bold">${name}</text><text x="${left + 190}" y="${top + 4}">${served}</text>
<text x="8" y="${y(most) + 10}">${most}</text>
<line class="axis" x1="${left}" y1="${base}" x2="${width - 10}" y2="${base}"/>
<line class="capacity" x1="${left}" y1="${y(PER_SLOT)}" x2="${width - 10}" y2="${y(PER_SLOT)}"/>
${[...bars, ...seconds].join('\n')}
</g>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
