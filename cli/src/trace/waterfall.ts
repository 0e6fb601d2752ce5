import { duration } from '#charge-story';
import { rowsOf, type SpanRow, type TraceTree } from '#charge-trace';
import type { views } from '#contracts';

export interface WaterfallStyle {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colours: boolean;
}

const TIME = 8;
const WHO = 13;
const BAR_LEAST = 8;
const INDENT_MOST = 12;
/** Below this many columns there is no room for bars. */
const WITH_BARS = 64;

/** A trace as lines of a terminal: when, who, what, and a bar from start to end. No line is wider than the terminal. */
export function waterfall(tree: TraceTree, { width, colours }: WaterfallStyle): string[] {
  const wide = Math.max(40, Math.min(width, 140));
  const left = TIME + 1 + WHO + 1;
  const right = TIME + 1;
  const room = wide - left - right - 1;
  const bar = wide < WITH_BARS ? 0 : Math.max(BAR_LEAST, Math.floor(room * 0.4));
  const text = room - bar;
  return rowsOf(tree).map((row) => {
    const { span } = row;
    const failed = span.error !== null;
    const paint = colours
      ? (line: string) => `\u001B[${failed ? '31' : (colourOf[span.service] ?? '35')}m${line}\u001B[0m`
      : same;
    const since = duration(Math.max(0, span.startedAt - tree.startedAt)).padStart(TIME);
    const who = cut(span.service, WHO).padEnd(WHO);
    const what = cut(`${' '.repeat(Math.min(INDENT_MOST, row.depth * 2))}${titleOf(row)}`, text).padEnd(text);
    const cells = bar === 0 ? '' : paint(barOf(span, tree, bar));
    return `${since} ${paint(who)} ${what} ${cells}${duration(span.durationMs).padStart(right)}`.trimEnd();
  });
}

const same = (line: string): string => line;
const colourOf: Readonly<Record<string, string>> = {
  'payments-api': '34',
  'bank-gateway': '33',
  ledger: '36',
  merchant: '32',
};

/** What a span is, with what a reader would look for in its attributes. */
function titleOf({ span, orphaned }: SpanRow): string {
  const { name, attributes, error } = span;
  const event = attributes['cloudevents.event_type'];
  const operation = attributes['messaging.operation.name'];
  const what = event === undefined ? name : `${operation} ${String(event).replace(/\.v\d+$/, '')}`;
  const outcome = error || (attributes['holdfast.bank.outcome'] ?? attributes['http.response.status_code']);
  return `${orphaned ? '… ' : ''}${what}${outcome === undefined ? '' : ` → ${outcome}`}`;
}

/** At least one cell, so that a short span is seen. */
function barOf({ startedAt, durationMs }: views.SpanView, tree: TraceTree, cells: number): string {
  const perCell = Math.max(tree.durationMs, 1) / cells;
  const from = Math.min(cells - 1, Math.floor((startedAt - tree.startedAt) / perCell));
  const length = Math.max(1, Math.min(cells - from, Math.round(durationMs / perCell)));
  return `${' '.repeat(from)}${'█'.repeat(length)}${' '.repeat(cells - from - length)}`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
