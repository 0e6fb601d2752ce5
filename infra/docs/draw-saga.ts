import { sagas, type Saga, type SagaRow } from '../../libs/contracts/src/saga-table.js';
import {
  eventsOf,
  isAnswer,
  nameOf,
  sagaTitles,
  services,
  serviceOf,
  textOf,
  verbOf,
  waysIn,
  waysOut,
  type Cause,
  type Passage,
} from './saga-reading.js';

/** The page that shows the sagas: a diagram each, every reaction, every event. Markdown with mermaid. */
export function drawSaga(rows: readonly SagaRow[]): string {
  return `# The sagas

Drawn from \`libs/contracts/src/saga-table.ts\` by \`npm run docs\`. No code runs from that table: each service reacts to events and knows no more. Tests hold every service's wiring against it, and this page too. What stands in each event: [events.html](events.html), to be opened in a browser, and [asyncapi.json](asyncapi.json).

${sagas.map((saga) => `- [${sagaTitles[saga]}](#${anchorOf(sagaTitles[saga])})`).join('\n')}

Each arrow names the service that reacts. A solid one goes on, a dotted one gives back what was set aside. Events have the colour of the service that says them: payments-api blue, bank-gateway orange, ledger green. A hexagon is a call to a bank, which may take as many attempts as it needs. Where a saga passes into another, an arrow leads to or from that one's title.

${sagas.map((saga) => sectionOf(saga, rows)).join('\n\n')}

## Every event

| type on the wire | meaning |
| --- | --- |
${eventsOf(rows)
  .map(({ type, meaning }) => `| \`${type}\` | ${meaning} |`)
  .join('\n')}
`;
}

/** As GitHub makes it of a heading. */
const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');

function sectionOf(saga: Saga, all: readonly SagaRow[]): string {
  const rows = all.filter((row) => row.saga === saga);
  return `## ${sagaTitles[saga]}

${diagramOf(saga, rows, all)}

| on | in | may say | |
| --- | --- | --- | --- |
${rows.map(reactionOf).join('\n')}`;
}

function diagramOf(saga: Saga, rows: readonly SagaRow[], all: readonly SagaRow[]): string {
  const causes = new Set(rows.flatMap(({ on, emits, asksFor }) => [on, ...emits, ...(asksFor ? [asksFor] : [])]));
  return [
    '```mermaid',
    'flowchart TD',
    ...[...causes].map((cause) => `  ${shapeOf(cause)}`),
    ...(rows.some(({ kind }) => kind === 'ending') ? ['  told[["the merchant is told"]]'] : []),
    ...rows.flatMap(arrowsOf),
    ...passagesOf(waysIn(saga, all), 'from'),
    ...passagesOf(waysOut(saga, all), 'to'),
    ...coloursOf([...causes]),
    '  classDef default fill:transparent',
    '```',
  ].join('\n');
}

function arrowsOf({ on, service, emits, asksFor, kind }: SagaRow): string[] {
  const arrow = kind === 'compensation' ? '-.->' : '-->';
  // What follows from a bank's answer needs no label: only the gateway hears it.
  const label = isAnswer(on) ? '' : `|${service}|`;
  const to = (target: string): string => `  ${nodeOf(on)} ${arrow}${label} ${target}`;
  if (kind === 'ending') return [to('told')];
  const targets = [...emits, ...(asksFor ? [asksFor] : [])].map(nodeOf);
  // Whoever says nothing keeps it in books of its own.
  return targets.length > 0 ? targets.map(to) : [to(`${nodeOf(on)}_kept[("${service}’s books")]`)];
}

function passagesOf(passages: readonly Passage[], direction: 'from' | 'to'): string[] {
  return passages.map(({ cause, saga }) => {
    const other = `${direction}_${saga.replaceAll(' ', '_')}`;
    const shape = `${other}(["${direction === 'from' ? 'from' : 'goes on in'}: ${sagaTitles[saga]}"])`;
    return direction === 'from' ? `  ${shape} --> ${nodeOf(cause)}` : `  ${nodeOf(cause)} --> ${shape}`;
  });
}

/** Readable on a light page and on a dark one: the colour is on the border. */
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
    kind === 'ending' && 'tells the merchant',
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
