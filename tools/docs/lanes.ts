import type { ServiceName } from '#contracts';
import type { SagaRow } from '../../libs/contracts/src/saga-table.js';
import { escape } from './html.js';
import { isAnswer, nameOf, serviceOf, verbOf, type Cause } from './saga-reading.js';

type Lane = 'merchant' | ServiceName | 'bank';
const lanes: readonly Lane[] = ['merchant', 'payments-api', 'ledger', 'bank-gateway', 'bank'];
const WIDTH = 960;
const HEAD = 46;
const STEP = 40;
const at = (lane: Lane): number => 80 + (lanes.indexOf(lane) * (WIDTH - 160)) / (lanes.length - 1);

/** One arrow of the drawing. */
interface Arrow {
  readonly from: Lane;
  readonly to: Lane;
  readonly label: string;
  /** The event's anchor on the page. */
  readonly href?: string;
}

/** One line of the drawing: the incoming event or request, and the resulting call to a bank or answer to the merchant. */
interface Line {
  readonly arrows: readonly Arrow[];
  /** Trigger of a reaction without an incoming arrow: a timer. */
  readonly clock?: { readonly lane: Lane; readonly label: string };
  readonly gives: boolean;
}

/** Renders a saga as swimlanes (inline SVG), one line per reaction, in the table's order. */
export function drawLanes(rows: readonly SagaRow[]): string {
  const used = lanes.filter((lane) => rows.some((row) => touches(row, lane)));
  const lines = rows.map((row) => lineOf(row));
  const height = HEAD + lines.length * STEP + 10;
  const parts = [
    ...used.map(
      (lane) =>
        `<line class="lane" x1="${at(lane)}" y1="${HEAD - 14}" x2="${at(lane)}" y2="${height}"/>` +
        `<text class="head ${lane}" x="${at(lane)}" y="20">${lane}</text>`,
    ),
    ...lines.map((line, index) => drawLine(line, HEAD + STEP * (index + 0.5) + 6)),
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="The saga as swimlanes">${parts.join('\n')}</svg>`;
}

function lineOf(row: SagaRow): Line {
  const { on, service, asksFor, kind } = row;
  const onward: Arrow[] = [];
  if (asksFor && !isAnswer(on)) onward.push({ from: service, to: 'bank', label: `${verbOf(asksFor)}?` });
  if (kind === 'ending') onward.push({ from: service, to: 'merchant', label: 'answers' });
  const gives = kind === 'compensation';
  const origin = originOf(on);
  if (!origin) return { arrows: onward, clock: { lane: service, label: String(on) }, gives };
  return { arrows: [{ from: origin, to: service, ...labelOf(on) }, ...onward], gives };
}

function originOf(on: Cause): Lane | undefined {
  if (isAnswer(on)) return 'bank';
  if (typeof on !== 'string') return serviceOf(on);
  return on.startsWith('POST ') ? 'merchant' : undefined;
}

function labelOf(on: Cause): Pick<Arrow, 'label' | 'href'> {
  if (isAnswer(on)) return { label: `answers ${verbOf(on)}` };
  if (typeof on === 'string') return { label: on.replace('POST /v1', 'POST ') };
  return { label: nameOf(on).split('.')[1]!, href: nameOf(on) };
}

function touches(row: SagaRow, lane: Lane): boolean {
  const { arrows, clock } = lineOf(row);
  return clock?.lane === lane || arrows.some(({ from, to }) => from === lane || to === lane);
}

function drawLine({ arrows, clock, gives }: Line, y: number): string {
  const drawn = arrows.map((arrow) => drawArrow(arrow, y));
  if (clock) {
    const x = at(clock.lane);
    drawn.unshift(
      `<circle cx="${x}" cy="${y}" r="4"/><text class="clock" x="${x + 12}" y="${y + 4}">${escape(clock.label)}</text>`,
    );
  }
  return `<g class="${gives ? 'gives' : 'goes'}">${drawn.join('')}</g>`;
}

function drawArrow({ from, to, label, href }: Arrow, y: number): string {
  const [start, end] = [at(from), at(to)];
  const direction = Math.sign(end - start);
  const tip = end - 2 * direction;
  const head = `M${tip - 8 * direction},${y - 4.5} L${tip},${y} L${tip - 8 * direction},${y + 4.5} Z`;
  // The label is above the segment next to the sender, because the arrow may cross other lanes.
  const nearest = lanes[lanes.indexOf(from) + direction]!;
  const middle = (start + at(nearest)) / 2;
  const text = `<text x="${middle}" y="${y - 7}">${escape(label)}</text>`;
  const linked = href ? `<a href="#${href}">${text}</a>` : text;
  return `<circle cx="${start}" cy="${y}" r="2.5"/><path class="shaft" d="M${start},${y} H${tip - 6 * direction}"/><path class="tip" d="${head}"/>${linked}`;
}
