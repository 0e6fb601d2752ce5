import { bodyOf } from './api-objects.js';
import type { AttributedRows } from './attributed-rows.js';
import { where } from './sightings.js';
import { containsRefunds } from './versions.js';

type Fields = Readonly<Record<string, unknown>>;

/** Fields that hold an id, unless they are expanded. Source: Stripe's documentation, "Expanding responses". */
const expandableFields: Readonly<Record<string, readonly string[]>> = {
  charge: ['balance_transaction'],
  refund: ['balance_transaction', 'charge'],
  balance_transaction: ['source'],
};

/** Checks that an answer expands what its request names, and what its version expands unasked, and nothing else. */
export function judgeExpansions({ evidence }: AttributedRows): string[] {
  return evidence.exchanges.flatMap((exchange, number) => {
    const { parameters, answer } = exchange;
    if (answer?.status !== 200) return [];
    const paths = Object.entries(parameters).flatMap(([name, path]) => (/^expand\[\d*\]$/.test(name) ? [path] : []));
    return wrongIn(bodyOf(answer).object, paths, containsRefunds(exchange)).map(
      (what) => `${where({ exchange, number })} shows ${what}`,
    );
  });
}

/** @param unasked whether charges contain their refunds */
function wrongIn(value: unknown, paths: readonly string[], unasked: boolean): string[] {
  const fields = (value ?? {}) as Fields;
  const { object, data, refunds, id } = fields;
  if (object === 'list' && Array.isArray(data))
    return data.flatMap((item) => wrongIn(item, inside(paths, 'data'), unasked));
  if (typeof object !== 'string') return [];
  const wrong = (expandableFields[object] ?? []).flatMap((field) => {
    const inner = inside(paths, field);
    const shown = fields[field];
    const isWanted = paths.includes(field) || inner.length > 0;
    if (shown === null) return [];
    if ((typeof shown === 'object') !== isWanted)
      return [`${field} of ${String(id)} ${isWanted ? 'as an id, and it was to be expanded' : 'expanded'}`];
    return isWanted ? wrongIn(shown, inner, unasked) : [];
  });
  if (object !== 'charge') return wrong;
  const inner = inside(paths, 'refunds');
  const isWanted = unasked || paths.includes('refunds') || inner.length > 0;
  if ((refunds !== undefined) !== isWanted)
    return [...wrong, `${isWanted ? 'no refunds' : 'the refunds'} of ${String(id)}`];
  return [...wrong, ...(isWanted ? wrongIn(refunds, inner, unasked) : [])];
}

/** The paths that go on inside a field. */
const inside = (paths: readonly string[], field: string): string[] =>
  paths.filter((path) => path.startsWith(`${field}.`)).map((path) => path.slice(field.length + 1));
