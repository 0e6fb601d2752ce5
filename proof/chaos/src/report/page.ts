import { escape, grouped, prose, span } from '../html.js';
import { mark } from './mark.js';
import { pageStyle } from './page-style.js';
import { outcomes, plotOf } from './plot.js';
import type { ChaosReport } from './report.js';

/**
 * Renders the report as one self-contained HTML file.
 *
 * @param swimlanes its charges as swimlanes, if any
 */
export function pageOf(report: ChaosReport, swimlanes = ''): string {
  const title = report.name === 'random' ? `Chaos, seed ${report.seed}` : report.name;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}: ${report.failure === null ? 'every promise was kept' : 'not sound'}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<p class="soft">${prose(report.story)}</p>
<div class="verdict ${report.failure === null ? 'good' : 'bad'}">${report.failure === null ? '✓ every promise was kept' : `✗ ${escape(report.failure)}`}</div>
${tiles(report)}
<h2>What happened when</h2>
<div class="card">
${legend()}
${plotOf(report)}
<p class="soft" style="font-size:13px;margin:8px 0 0">Each bar of a fault turns pale where it begins to be lifted: a process starts, a system becomes whole again. Point at anything for its words.</p>
</div>
<h2>Promises</h2>
<div class="card">${judgements(report)}</div>
<h2>What this run reached</h2>
<p class="soft">A fault without effect proves nothing: a campaign of runs has to reach every one of these states.</p>
<div class="card">${sometimes(report)}</div>
${withHeading(swimlanes)}<h2>Until requests went through again</h2>
<p class="soft">From the moment at which a fault began to be lifted until ten requests in a row were answered within 1.5 s each. A process that was killed has to start first; <i>amid</i>: another fault stood meanwhile.</p>
<div class="card">${recoveries(report)}</div>
<div class="columns">
<div>
<h2>What it cost</h2>
<div class="card">${amplification(report)}</div>
</div>
<div>
<h2>What was asked for</h2>
<div class="card">${stories(report)}</div>
</div>
</div>
<h2>Again</h2>
<pre>${escape(report.command)}</pre>
<p class="soft">The same seed draws the same schedule and the same clients; how they meet is up to the machine. Run at ${escape(report.measuredAt)}. The same in JSON: <code>report.json</code>; every request: <code>history.jsonl</code>; every fault: <code>faults.jsonl</code>.</p>
${errorLines(report)}
</main>
</body>
</html>
`;
}

const withHeading = (swimlanes: string): string =>
  swimlanes === ''
    ? ''
    : `<h2>Charges that went through most</h2>
<p class="soft">Those that a broken promise names, then those that took the most requests at banks. Open one, and step through it.</p>
${swimlanes}
`;

function tiles({ numbers, strikes, quietAfterMs, soundAfterMs, sometimes, seconds }: ChaosReport): string {
  const charges = Object.values(numbers.charges).reduce((sum, count) => sum + count, 0);
  const settled = seconds.reduce((sum, second) => sum + second.settled, 0);
  const tile = (value: string, words: string): string => `<div class="tile"><b>${value}</b><span>${words}</span></div>`;
  return `<div class="tiles">${[
    tile(grouped(numbers.requests), `requests, ${grouped(numbers.keys)} keys`),
    tile(grouped(charges), `charges, ${grouped(settled)} settled answers`),
    tile(String(strikes.length), 'faults'),
    tile(grouped(numbers.bankRequests), 'requests at banks'),
    tile(span(quietAfterMs), 'until all was quiet'),
    tile(span(soundAfterMs), 'until banks and ledger agreed'),
    tile(`${sometimes.filter(({ times }) => times > 0).length} of ${sometimes.length}`, 'hard states reached'),
  ].join('')}</div>`;
}

/** One line per panel. Faults are labelled in the plot itself. */
function legend(): string {
  const panels: [string, readonly (readonly [string, string])[]][] = [
    ['answers', outcomes.map(([, words, colour]) => [words, colour] as const)],
    [
      'latency',
      [
        ['p50', 'var(--p50)'],
        ['p99', 'var(--p99)'],
      ],
    ],
    [
      'breakers',
      [
        ['open', 'var(--open)'],
        ['half-open', 'var(--half)'],
      ],
    ],
  ];
  const groups = panels.map(
    ([panel, entries]) =>
      `<div><b>${panel}</b>${entries.map(([words, colour]) => `<span><i style="background:${colour}"></i>${words}</span>`).join('')}</div>`,
  );
  return `<div class="legend">${groups.join('')}</div>`;
}

function judgements({ judged }: ChaosReport): string {
  const rows = judged.map(({ id, promise, lines, looked }) => {
    const shown = lines.slice(0, 20).map((line) => `<li>${escape(line)}</li>`);
    const more = lines.length > 20 ? `<li>and ${lines.length - 20} more</li>` : '';
    const violations = lines.length > 0 ? `<ul class="violations">${shown.join('')}${more}</ul>` : '';
    return `<tr><td style="width:34px">${mark(lines.length === 0 ? 'good' : 'bad')}</td><td class="id" style="width:92px">${escape(id)}</td><td>${prose(promise)}${looked === undefined ? '' : `<br><span class="soft">${escape(looked)}</span>`}${violations}</td></tr>`;
  });
  return `<table>${rows.join('')}</table>`;
}

function sometimes({ sometimes, unreached }: ChaosReport): string {
  const missed = new Set(unreached.map(({ id }) => id));
  const entries = sometimes.map(
    ({ id, what, times }) =>
      `<div>${mark(times > 0 ? 'good' : missed.has(id) ? 'bad' : 'none')}<span>${prose(what)}</span><span class="times">${times > 0 ? `${grouped(times)} ×` : 'not this time'}</span></div>`,
  );
  return `<div class="sometimes">${entries.join('')}</div>`;
}

function recoveries({ recoveries }: ChaosReport): string {
  if (recoveries.length === 0) return '<p class="soft">There were no faults.</p>';
  const longest = Math.max(1_000, ...recoveries.map(({ recoveredMs }) => recoveredMs ?? 0));
  const rows = recoveries.map(({ number, words, liftMs, recoveredMs, amid }) => {
    const width = recoveredMs === null ? 100 : (recoveredMs / longest) * 100;
    const bar = `<div class="bar${recoveredMs === null ? ' never' : ''}" style="width:${width.toFixed(1)}%"></div>`;
    const recovered = recoveredMs === null ? 'not within the run' : span(recoveredMs);
    return `<tr><td class="number soft">${number}</td><td>${escape(words)}${amid ? ' <span class="soft">amid</span>' : ''}</td><td class="number soft">${liftMs === null ? '' : span(liftMs)}</td><td class="number">${recovered}</td><td style="width:34%;vertical-align:middle">${bar}</td></tr>`;
  });
  return `<table><tr><th></th><th>fault</th><th class="number">targets answer again</th><th class="number">requests succeed again</th><th></th></tr>${rows.join('')}</table>`;
}

function amplification({ amplification }: ChaosReport): string {
  const rows = amplification.map(
    ({ where, operations, attempts, perOperation }) =>
      `<tr><td>${escape(where)}</td><td class="number soft">${grouped(attempts)} / ${grouped(operations)}</td><td class="number">${perOperation.toFixed(2)}</td></tr>`,
  );
  return `<table>${rows.join('')}</table>`;
}

function stories({ numbers }: ChaosReport): string {
  const rows = Object.entries(numbers.stories)
    .sort(([, a], [, b]) => b - a)
    .map(([story, times]) => `<tr><td>${escape(story)}</td><td class="number">${grouped(times)}</td></tr>`);
  return `<table>${rows.join('')}</table>`;
}

function errorLines({ errorLines }: ChaosReport): string {
  const entries = Object.entries(errorLines);
  if (entries.length === 0) return '';
  const rows = entries.map(
    ([message, times]) => `<tr><td>${escape(message)}</td><td class="number">${grouped(times)}</td></tr>`,
  );
  return `<h2>Errors in the services’ logs</h2><details class="card"><summary>${entries.length} kinds of lines at <code>error</code> and above; under faults they are expected</summary><table>${rows.join('')}</table></details>`;
}
