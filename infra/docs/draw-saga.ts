import type { EventContract } from '#contracts';
import { sagas, type Saga, type SagaRow } from '../../libs/contracts/src/saga-table.js';

type Cause = SagaRow['on'];

/** The page that shows the sagas: a diagram each, every reaction, every event. Markdown with mermaid. */
export function drawSaga(rows: readonly SagaRow[]): string {
  return `# The sagas

Drawn from \`libs/contracts/src/saga-table.ts\` by \`npm run docs\`. No code runs from that table: each service reacts to events and knows no more. Tests hold every service's wiring against it, and this page too.

A solid arrow goes on, a dotted one gives back what was set aside. A hexagon is a call to a bank, which may take as many attempts as it needs. What leads on in another diagram ends in its name.

${sagas.map((saga) => sectionOf(saga, rows)).join('\n\n')}

## Every event

| type on the wire | meaning |
| --- | --- |
${eventsOf(rows)
  .map(({ type, meaning }) => `| \`${type}\` | ${meaning} |`)
  .join('\n')}
`;
}

const titles: Readonly<Record<Saga, string>> = {
  charge: 'A charge, captured at once',
  'manual capture': 'Captured later',
  cancellation: 'Canceled, or expired',
  refund: 'Refunded',
  reconciliation: 'Reconciled',
};

function sectionOf(saga: Saga, all: readonly SagaRow[]): string {
  const rows = all.filter((row) => row.saga === saga);
  return `## ${titles[saga]}

${diagramOf(rows)}

| on | in | may say | |
| --- | --- | --- | --- |
${rows.map(reactionOf).join('\n')}`;
}

function diagramOf(rows: readonly SagaRow[]): string {
  const causes = new Set(rows.flatMap(({ on, emits, asksFor }) => [on, ...emits, ...(asksFor ? [asksFor] : [])]));
  return [
    '```mermaid',
    'flowchart TD',
    ...[...causes].map((cause) => `  ${shapeOf(cause)}`),
    ...(rows.some(({ kind }) => kind === 'ending') ? ['  settled(("the merchant is told"))'] : []),
    ...rows.flatMap(arrowsOf),
    '```',
  ].join('\n');
}

function arrowsOf({ on, service, emits, asksFor, kind }: SagaRow): string[] {
  const arrow = kind === 'compensation' ? '-.->' : '-->';
  // What follows from a bank's answer needs no label: only the gateway hears it.
  const label = isAnswer(on) ? '' : `|${service}|`;
  const to = (target: string): string => `  ${nodeOf(on)} ${arrow}${label} ${target}`;
  if (kind === 'ending') return [to('settled')];
  return [...emits.map((event) => to(nodeOf(event))), ...(asksFor ? [to(nodeOf(asksFor))] : [])];
}

function reactionOf({ on, service, emits, asksFor, compensates, kind }: SagaRow): string {
  const says = emits.map((event) => `\`${nameOf(event)}\``).join(' · ');
  const remarks = [
    asksFor && `${emits.length > 0 ? 'may ask' : 'asks'} a bank to ${verbOf(asksFor)}`,
    compensates && `undoes \`${nameOf(compensates)}\``,
    kind === 'ending' && 'tells the merchant',
  ];
  return `| \`${textOf(on)}\` | ${service} | ${says} | ${remarks.filter(Boolean).join('; ')} |`;
}

function eventsOf(rows: readonly SagaRow[]): EventContract[] {
  return [...new Set(rows.flatMap(({ emits }) => emits))];
}

function shapeOf(cause: Cause): string {
  const node = nodeOf(cause);
  if (isAnswer(cause)) return `${node}{{"${verbOf(cause)} at a bank"}}`;
  return typeof cause === 'string' ? `${node}["${cause}"]` : `${node}("${nameOf(cause)}")`;
}

const isAnswer = (cause: Cause): cause is Extract<Cause, `bank answers ${string}`> =>
  typeof cause === 'string' && cause.startsWith('bank answers ');
const verbOf = (answer: string): string => answer.slice('bank answers '.length);
const textOf = (cause: Cause): string => (typeof cause === 'string' ? cause : nameOf(cause));
const nodeOf = (cause: Cause): string => textOf(cause).replaceAll(/\W+/g, '_');
/** Without its version: `ledger.hold_placed`. */
const nameOf = ({ type }: Pick<EventContract, 'type'>): string => type.replace(/\.v\d+$/, '');
