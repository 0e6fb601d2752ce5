import { escape, grouped, prose, span } from '../html.js';
import { mark } from '../report/mark.js';
import { pageStyle } from '../report/page-style.js';
import type { Campaign, CampaignRun } from './campaign.js';

/** Renders the campaign as one HTML file with links to the pages of its runs. */
export function campaignPage(campaign: Campaign): string {
  const { command, beganAt, state, runs, planned, sometimes } = campaign;
  const sum = (of: (run: CampaignRun) => number): string => grouped(runs.reduce((all, run) => all + of(run), 0));
  const tile = (value: string, words: string): string => `<div class="tile"><b>${value}</b><span>${words}</span></div>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Chaos campaign: ${state}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>Chaos campaign</h1>
<p class="soft">${runs.length} of ${planned} runs, one after another, each on a system of its own. Began at ${escape(beganAt)}.</p>
<div class="verdict ${state === 'failed' ? 'bad' : state === 'held' ? 'good' : 'open'}">${verdictOf(campaign)}</div>
<div class="tiles">${[
    tile(`${runs.filter(({ verdict }) => verdict === 'kept').length} of ${runs.length}`, 'runs sound'),
    tile(
      sum(({ requests }) => requests),
      'requests',
    ),
    tile(
      sum(({ charges }) => charges),
      'charges',
    ),
    tile(
      sum(({ faults }) => faults),
      'faults',
    ),
    tile(`${sometimes.filter(({ times }) => times > 0).length} of ${sometimes.length}`, 'hard states reached'),
  ].join('')}</div>
<h2>Runs</h2>
<div class="card"><table><tr><th></th><th>run</th><th class="number">requests</th><th class="number">charges</th><th class="number">faults</th><th class="number">until quiet</th><th class="number">reached</th></tr>
${runs.map(rowOf).join('\n')}</table></div>
<h2>What they reached together</h2>
<p class="soft">Hard states: rare situations that the campaign must reach, or its faults had no effect.${campaign.unreached.length > 0 ? ' This campaign did not reach all of them.' : ''}</p>
<div class="card"><div class="sometimes">${sometimes
    .map(
      ({ what, times, inRuns, id }) =>
        `<div>${mark(times > 0 ? 'good' : campaign.unreached.some((each) => each.id === id) ? 'bad' : 'none')}<span>${prose(what)}</span><span class="times">${times > 0 ? `${grouped(times)} ×, in ${inRuns} of ${runs.length}` : 'never'}</span></div>`,
    )
    .join('')}</div></div>
<h2>Again</h2>
<pre>${escape(command)}</pre>
</main>
</body>
</html>
`;
}

function verdictOf({ state, runs, unreached, unused }: Campaign): string {
  const broken = runs.filter(({ verdict }) => verdict !== 'kept').length;
  const soFar = broken > 0 ? `${broken} ${broken === 1 ? 'run is' : 'runs are'} not sound` : 'every promise was kept';
  switch (state) {
    case 'held':
      return '✓ every promise was kept, and every required hard state was reached';
    case 'failed':
      return broken > 0
        ? `✗ ${soFar}`
        : unreached.length > 0
          ? `✗ every promise was kept, but ${unreached.length} hard states were not reached`
          : `✗ every promise was kept, but nothing provoked the warning ${unused.join(', ')}`;
    case 'under way':
      return `under way; ${soFar} so far`;
    case 'interrupted':
      return `interrupted; ${soFar} until then`;
  }
}

function rowOf({ title, verdict, why, command, page, kept, ...run }: CampaignRun): string {
  const failure =
    verdict === 'kept'
      ? ''
      : `<ul class="violations"><li>${escape(why)}</li><li>${escape(command)}</li>${kept === undefined ? '' : `<li>kept: ${escape(kept)}</li>`}</ul>`;
  const name = verdict === 'no verdict' ? escape(title) : `<a href="${escape(page)}">${escape(title)}</a>`;
  const numbers = [
    grouped(run.requests),
    grouped(run.charges),
    grouped(run.faults),
    verdict === 'no verdict' ? '' : span(run.quietAfterMs),
    String(run.sometimes.filter(({ times }) => times > 0).length),
  ];
  return `<tr><td style="width:34px">${mark(verdict === 'kept' ? 'good' : 'bad')}</td><td>${name}${failure}</td>${numbers.map((number) => `<td class="number">${number}</td>`).join('')}</tr>`;
}
