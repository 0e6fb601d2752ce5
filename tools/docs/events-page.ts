import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deadLetterTopicOf, type CloudEvent, type EventContract, type ServiceName } from '#contracts';
import { encode } from '#messaging';
import {
  sagas,
  sagaTable,
  type BankAnswerTrigger,
  type Saga,
  type SagaRow,
} from '../../libs/contracts/src/saga-table.js';
import { repositoryRoot } from '../../infra/local/repository.js';
import { exampleEvents } from './event-examples.js';
import { payloadSchema, SCHEMAS, sharedSchemas, type JsonSchema } from './event-schemas.js';
import { headers } from './asyncapi.js';
import { escape, jsonOf, prose } from './html.js';
import { drawLanes } from './lanes.js';
import {
  askersFor,
  emittersOf,
  eventsOf,
  isAnswer,
  nameOf,
  reactionsTo,
  sagaTitles,
  serviceOf,
  services,
  verbOf,
  waysIn,
  waysOut,
  type SagaCrossing,
} from './saga-reading.js';

const shared = sharedSchemas();

/** Renders docs/events.html: one self-contained file without scripts. */
export function eventsPage(rows: readonly SagaRow[] = sagaTable): string {
  const style = readFileSync(join(repositoryRoot, 'tools/docs/events-page.css'), 'utf8');
  const events = eventsOf(rows);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Holdfast’s events</title>
<style>
${style.trim()}
</style>
<nav>
<a class="home" href="#top">Holdfast’s events</a>
<h2>Sagas</h2>
<ul>${sagas.map((saga) => `<li><a href="#${slug(saga)}">${sagaTitles[saga]}</a></li>`).join('')}</ul>
${services
  .map(
    (service) => `<h2><a class="${service}" href="#${service}">${service}</a></h2>
<ul class="events">${events
      .filter((event) => serviceOf(event) === service)
      .map((event) => `<li><a href="#${nameOf(event)}">${shortName(event)}</a></li>`)
      .join('')}</ul>`,
  )
  .join('\n')}
<h2>Shared</h2>
<ul><li><a href="#on-the-wire">On the wire</a></li><li><a href="#shared-types">Types</a></li></ul>
</nav>
<main id="top">
<h1>Holdfast’s events</h1>
<p class="lead">Three services move money, and none of them calls another: each reacts to the others’ events (choreography). This page lists every event, its emitters and its consumers. It is generated from <code>libs/contracts</code> by <code>npm run docs</code>, together with <a href="asyncapi.json">asyncapi.json</a>.</p>
<p class="counts">${events.length} events · ${rows.length} reactions · ${sagas.length} sagas · 3 services</p>

${sagas.map((saga) => sagaSection(saga, rows)).join('\n')}
${services.map((service) => serviceSection(service, rows)).join('\n')}
${wireSection()}
${typesSection()}
</main>
</html>
`;
}

const leads: Readonly<Record<Saga, string>> = {
  charge:
    'From the merchant’s request to the answer, with both compensations: if the ledger refuses the hold, or the bank the capture, the authorization is voided at the bank before the merchant is answered.',
  'manual capture': 'The merchant requests an authorization only, and later captures all or a part of it.',
  cancellation: 'An authorization is voided. If a capture came first, the cancellation is refused.',
  refund: 'The ledger reserves the amount before the bank is asked, and releases it if the bank refuses.',
  reconciliation:
    'The banks’ statements are compared with the ledger, in both directions. Strays are reversed at the bank.',
};

function sagaSection(saga: Saga, all: readonly SagaRow[]): string {
  const rows = all.filter((row) => row.saga === saga);
  return `<section id="${slug(saga)}">
<h2>${sagaTitles[saga]}</h2>
<p>${leads[saga]}</p>
<figure>${drawLanes(rows)}<figcaption>All possible events, from top to bottom; each charge takes one path. Red and dashed: compensation.${passages(saga, all)}</figcaption></figure>
<table class="reactions">
<thead><tr><th>on</th><th>in</th><th>consequence</th></tr></thead>
<tbody>${rows
    .map((row) => `<tr><td>${causeOf(row.on)}</td><td>${chip(row.service)}</td><td>${consequences(row)}</td></tr>`)
    .join('\n')}</tbody>
</table>
</section>`;
}

/** Links to the sagas before and after this one. */
function passages(saga: Saga, all: readonly SagaRow[]): string {
  const linkTo = ({ cause, saga: other }: SagaCrossing): string =>
    `${isAnswer(cause) ? `the bank’s answer to ${verbOf(cause)}` : causeOf(cause)} (<a href="#${slug(other)}">${sagaTitles[other]}</a>)`;
  const before = waysIn(saga, all).map(linkTo);
  const after = waysOut(saga, all).map(linkTo);
  return [
    before.length > 0 && `<br>From another saga: ${before.join(', ')}.`,
    after.length > 0 && `<br>Continues in another saga: ${after.join(', ')}.`,
  ]
    .filter(Boolean)
    .join('');
}

function serviceSection(service: ServiceName, rows: readonly SagaRow[]): string {
  const own = eventsOf(rows).filter((event) => serviceOf(event) === service);
  const heard = rows.filter((row) => row.service === service && typeof row.on !== 'string');
  const asked = new Set(rows.filter((row) => row.service === service).flatMap(({ asksFor }) => asksFor ?? []));
  return `<section id="${service}" class="service ${service}">
<h2>${service}</h2>
<dl class="summary">
<dt>emits</dt><dd>${own.map(link).join(' ')}</dd>
<dt>reacts to</dt><dd>${heard.map(({ on }) => link(on as EventContract)).join(' ')}</dd>
${asked.size > 0 ? `<dt>asks banks to</dt><dd>${[...asked].map(verbOf).join(', ')}</dd>` : ''}
<dt>topics</dt><dd>${[...new Set(own.map(({ topic }) => `<code>${topic}</code>`))].join(', ')}; dead letters go to <code>${deadLetterTopicOf(service)}</code></dd>
</dl>
${own.map((event) => eventArticle(event, rows)).join('\n')}
</section>`;
}

function eventArticle(event: EventContract, rows: readonly SagaRow[]): string {
  const example = exampleEvents.get(event.type)!;
  const reactions = reactionsTo(event, rows);
  return `<article id="${nameOf(event)}" class="${serviceOf(event)}">
<h3><a href="#${nameOf(event)}">${nameOf(event)}</a> <span class="version">${event.type.split('.').at(-1)}</span></h3>
<p class="meaning">${prose(event.meaning)}</p>
<div class="sides">
<div><h4>Emitted by</h4><ul>${emittersOf(event, rows)
    .map((row) => `<li>${chip(row.service)} ${occasion(row, rows)}</li>`)
    .join('')}</ul></div>
<div><h4>Reacted to by</h4><ul>${
    reactions.length > 0
      ? reactions.map((row) => `<li>${chip(row.service)} ${consequences(row)}</li>`).join('')
      : '<li class="quiet">No service: it is for operators.</li>'
  }</ul></div>
</div>
${fieldsTable(payloadSchema(event))}
<details>
<summary>Example</summary>
${exampleOf(example)}
</details>
</article>`;
}

function exampleOf(example: CloudEvent): string {
  const { headers: sent, key, topic } = encode(example);
  const width = Math.max(...Object.keys(sent).map((name) => name.length));
  const lines = [['topic', topic], ['key', key], ...Object.entries(sent)].map(
    ([name, value]) => `<i>${name!.padEnd(width)}</i>  ${escape(value!)}`,
  );
  return `<pre>${lines.join('\n')}\n\n${jsonOf(example.data)}</pre>`;
}

function fieldsTable(schema: JsonSchema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const optional = schema.required?.includes(name) ? '' : ' <span class="quiet">optional</span>';
    return `<tr><td><code>${name}</code>${optional}</td><td>${typeOf(property)}</td><td>${textOf(property)}</td></tr>`;
  });
  return `<table class="fields"><thead><tr><th>field</th><th>type</th><th></th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function typeOf(schema: JsonSchema): string {
  if (schema.$ref) return `<a href="#type-${refName(schema)}">${refName(schema)}</a>`;
  if (schema.anyOf) {
    const kinds = schema.anyOf.map((one) => (one.type === 'null' ? 'null' : typeOf(one)));
    return kinds.join(' or ');
  }
  if (schema.enum) return schema.enum.map((value) => `<code>${escape(String(value))}</code>`).join(' · ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items!)}`;
  const kind = [schema.type ?? 'anything'].flat().join(' or ');
  return `${kind}${limitOf(schema)}`;
}

function limitOf(schema: JsonSchema): string {
  if ('const' in schema) return ` <code>${escape(String(schema.const))}</code>`;
  const prefix = typeof schema.pattern === 'string' ? /^\^(\w+_)\.\*$/.exec(schema.pattern)?.[1] : undefined;
  if (prefix) return ` <code>${prefix}…</code>`;
  if (schema.pattern) return ` <code>${escape(schema.pattern as string)}</code>`;
  if (schema.format) return `, ${escape(schema.format as string)}`;
  if (schema.exclusiveMinimum === 0) return ', positive';
  if (schema.minimum === 0) return ', 0 or more';
  if (schema.minLength && schema.minLength === schema.maxLength) return `, ${schema.minLength} characters`;
  return '';
}

function textOf(schema: JsonSchema): string {
  const description = schema.description ?? (schema.$ref && shared[refName(schema)]?.description);
  return description ? prose(description) : '';
}
const refName = ({ $ref }: JsonSchema): string => $ref!.slice(SCHEMAS.length);

function wireSection(): string {
  return `<section id="on-the-wire">
<h2>On the wire</h2>
<p>CloudEvents 1.0 in Kafka’s binary mode: attributes are headers, the JSON payload is the data alone. The key is the charge, so events of one charge are in order within a topic; there is no order between topics. Delivery is at least once: the id is a natural key, and every consumer drops duplicates (inbox).</p>
${fieldsTable(headers)}
</section>`;
}

function typesSection(): string {
  return `<section id="shared-types">
<h2>Types</h2>
${Object.entries(shared)
  .map(
    ([name, schema]) => `<article id="type-${name}" class="type"><h3><a href="#type-${name}">${name}</a></h3>
<p>${textOf(schema)}</p>
${schema.properties ? fieldsTable(schema) : `<p class="domain">${typeOf(schema)}</p>`}</article>`,
  )
  .join('\n')}
</section>`;
}

/** The trigger of a row, and for a bank's answer the triggers of its request. */
function occasion({ on }: SagaRow, rows: readonly SagaRow[]): string {
  if (!isAnswer(on)) return `on ${causeOf(on)}`;
  const askers = askersFor(on, rows).map(({ on: earlier }) => causeOf(earlier));
  return `${causeOf(on)} <span class="quiet">(asked on ${askers.join(', ')})</span>`;
}

function causeOf(cause: SagaRow['on']): string {
  if (isAnswer(cause)) return answerOf(cause);
  return typeof cause === 'string' ? `<b>${escape(cause)}</b>` : link(cause);
}

const answerOf = (answer: BankAnswerTrigger): string => `when the bank answers <b>${verbOf(answer)}</b>`;

function consequences({ emits, asksFor, compensates, kind }: SagaRow): string {
  if (kind === 'ending') return '<span class="told">answers the merchant</span>';
  const parts = [
    emits.length > 0 && `${emits.length > 1 ? 'emits one of' : 'may emit'} ${emits.map(link).join(' · ')}`,
    asksFor && `${emits.length > 0 ? 'or ask' : 'asks'} a bank to <b>${verbOf(asksFor)}</b>`,
    emits.length === 0 && !asksFor && 'changes its own state',
    compensates && `<span class="undoes">undoes ${link(compensates)}</span>`,
  ];
  return parts.filter(Boolean).join(', ');
}

const shortName = (event: EventContract): string => nameOf(event).split('.')[1]!;
const link = (event: EventContract): string =>
  `<a class="event ${serviceOf(event)}" href="#${nameOf(event)}">${nameOf(event)}</a>`;
const chip = (service: ServiceName): string => `<a class="chip ${service}" href="#${service}">${service}</a>`;
const slug = (saga: Saga): string => `saga-${saga.replaceAll(' ', '-')}`;
