import { sagas, type Saga, type SagaRow } from '../../libs/contracts/src/saga-table.js';
import {
  eventsOf,
  isAnswer,
  nameOf,
  reactionsTo,
  sagaTitles,
  services,
  serviceOf,
  textOf,
  verbOf,
  waysIn,
  waysOut,
  type Cause,
  type SagaCrossing,
} from './saga-reading.js';

/** Renders docs/saga.md: a diagram and a table of reactions per saga, and all events. Markdown with mermaid. */
export function drawSaga(rows: readonly SagaRow[]): string {
  return `# The sagas

Generated from \`libs/contracts/src/saga-table.ts\` by \`npm run docs\`. No code runs from that table: each service reacts to events (choreography). Tests compare every service's wiring, and this page, with the table. The fields of each event: [events.html](events.html), to be opened in a browser, and [asyncapi.json](asyncapi.json).

${sagas.map((saga) => `- [${sagaTitles[saga]}](#${anchorOf(sagaTitles[saga])})`).join('\n')}

Each arrow names the service that reacts. A solid arrow is a forward step, a dotted one a compensation. Events have the colour of the service that emits them: payments-api blue, bank-gateway orange, ledger green. A hexagon is a call to a bank, which may take several attempts. Where a saga continues in another, an arrow leads to or from that one's title.

${sagas.map((saga) => sectionOf(saga, rows)).join('\n\n')}

## Every event

| type on the wire | meaning |
| --- | --- |
${eventsOf(rows)
  .map(({ type, meaning }) => `| \`${type}\` | ${meaning} |`)
  .join('\n')}
`;
}

/** GitHub's anchor of a heading. */
const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');

/** A diagram with more arrows is unreadable at the width of a page, so compensations are drawn apart. */
const MOST_ARROWS = 30;

function sectionOf(saga: Saga, all: readonly SagaRow[]): string {
  const rows = all.filter((row) => row.saga === saga);
  return `## ${sagaTitles[saga]}

${diagramsOf(saga, rows, all).join('\n\n')}

| on | in | may emit | |
| --- | --- | --- | --- |
${rows.map(reactionOf).join('\n')}`;
}

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly undoes: boolean;
}

function diagramsOf(saga: Saga, rows: readonly SagaRow[], all: readonly SagaRow[]): string[] {
  const causes = [...new Set(rows.flatMap(({ on, emits, asksFor }) => [on, ...emits, ...(asksFor ? [asksFor] : [])]))];
  const arrows = [
    ...rows.flatMap((row) => arrowsOf(row, all)),
    ...passagesOf(waysIn(saga, all), 'from'),
    ...passagesOf(waysOut(saga, all), 'to'),
  ];
  if (arrows.length <= MOST_ARROWS) return [diagramOf(causes, arrows)];
  const forward = forwardOf(arrows);
  const back = arrows.filter((arrow) => !forward.includes(arrow));
  return ['Forward steps:', diagramOf(causes, forward), 'Compensations:', diagramOf(causes, back)];
}

/** Arrows on a path from a request to an ending, or into another saga, without compensation. */
function forwardOf(arrows: readonly Arrow[]): Arrow[] {
  const solid = arrows.filter(({ undoes }) => !undoes);
  const ends = new Set(solid.filter(({ to }) => !solid.some(({ from }) => from === to)).map(({ to }) => to));
  const isEnd = (node: string): boolean => ends.has(node) && (node === 'answered' || node.startsWith('to_'));
  const leadsToAnEnd = (node: string): boolean =>
    isEnd(node) || solid.some(({ from, to }) => from === node && leadsToAnEnd(to));
  const isReached = (node: string): boolean =>
    !arrows.some(({ to }) => to === node) ||
    solid.some(({ from, to }) => to === node && leadsToAnEnd(to) && isReached(from));
  return solid.filter(({ from, to }) => leadsToAnEnd(to) && isReached(from));
}

function diagramOf(causes: readonly Cause[], arrows: readonly Arrow[]): string {
  const nodes = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const shown = causes.filter((cause) => nodes.has(nodeOf(cause)));
  return [
    '```mermaid',
    'flowchart TD',
    ...shown.map((cause) => `  ${shapeOf(cause)}`),
    ...(nodes.has('answered') ? ['  answered[["the merchant is answered"]]'] : []),
    ...arrows.map(({ text }) => `  ${text}`),
    ...coloursOf(shown),
    '  classDef default fill:transparent',
    '```',
  ].join('\n');
}

function arrowsOf({ on, service, emits, asksFor, kind }: SagaRow, all: readonly SagaRow[]): Arrow[] {
  // No label on reactions to a bank's answer: only the gateway receives it.
  const label = isAnswer(on) ? '' : `|${service}|`;
  const arrow = (to: string, undoes: boolean, shape = to): Arrow => {
    return { from: nodeOf(on), to, undoes, text: `${nodeOf(on)} ${undoes ? '-.->' : '-->'}${label} ${shape}` };
  };
  if (kind === 'ending') return [arrow('answered', false)];
  const undoes = kind === 'compensation';
  const targets = emits.map((event) => arrow(nodeOf(event), undoes));
  // A request to a bank that only compensations follow is a compensation itself.
  if (asksFor) targets.push(arrow(nodeOf(asksFor), undoes || isCompensation(asksFor, all)));
  // A reaction without an event changes only the service's own database.
  const kept = `${nodeOf(on)}_kept`;
  return targets.length > 0 ? targets : [arrow(kept, undoes, `${kept}[("${service}’s database")]`)];
}

const isCompensation = (cause: Cause, all: readonly SagaRow[]): boolean =>
  reactionsTo(cause, all).every(({ kind }) => kind === 'compensation');

function passagesOf(passages: readonly SagaCrossing[], direction: 'from' | 'to'): Arrow[] {
  return passages.map(({ cause, saga }) => {
    const other = `${direction}_${saga.replaceAll(' ', '_')}`;
    const shape = `${other}(["${direction === 'from' ? 'from' : 'continues in'}: ${sagaTitles[saga]}"])`;
    const node = nodeOf(cause);
    return direction === 'from'
      ? { from: other, to: node, undoes: false, text: `${shape} --> ${node}` }
      : { from: node, to: other, undoes: false, text: `${node} --> ${shape}` };
  });
}

/** Border colours, which are readable on light and dark pages. */
const borders = { 'payments-api': '#4078e0', 'bank-gateway': '#d98324', ledger: '#2f9e63' } as const;

function coloursOf(causes: readonly Cause[]): string[] {
  return services.flatMap((service) => {
    const own = causes.filter((cause) => typeof cause !== 'string' && serviceOf(cause) === service).map(nodeOf);
    const name = service.replaceAll('-', '_');
    return own.length > 0
      ? [`  classDef ${name} stroke:${borders[service]},stroke-width:2px`, `  class ${own.join(',')} ${name}`]
      : [];
  });
}

function reactionOf({ on, service, emits, asksFor, compensates, kind }: SagaRow): string {
  const says = emits.map((event) => `\`${nameOf(event)}\``).join(' · ');
  const remarks = [
    asksFor && `${emits.length > 0 ? 'may ask' : 'asks'} a bank to ${verbOf(asksFor)}`,
    compensates && `undoes \`${nameOf(compensates)}\``,
    kind === 'ending' && 'answers the merchant',
  ];
  return `| ${wordsOf(on)} | ${service} | ${says} | ${remarks.filter(Boolean).join('; ')} |`;
}

const wordsOf = (cause: Cause): string =>
  typeof cause === 'string' && !cause.startsWith('POST ') ? cause : `\`${textOf(cause)}\``;

function shapeOf(cause: Cause): string {
  const node = nodeOf(cause);
  if (isAnswer(cause)) return `${node}{{"${verbOf(cause)} at a bank"}}`;
  return typeof cause === 'string' ? `${node}[/"${cause}"/]` : `${node}("${nameOf(cause)}")`;
}

const nodeOf = (cause: Cause): string => textOf(cause).replaceAll(/\W+/g, '_');
