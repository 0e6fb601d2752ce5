import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';
import { commentsIn } from './comments.js';
import { eventsPage } from './events-page.js';
import { jsonOf } from './html.js';
import { eventsOf, nameOf } from './saga-reading.js';

const page = eventsPage();

describe('docs/events.html', () => {
  it('is what npm run docs would write', () => {
    expect(readFileSync(join(repositoryRoot, 'docs', 'events.html'), 'utf8')).toBe(page);
  });

  it('needs nothing from elsewhere', () => {
    expect(page.match(/(?:src|href)="(?!#)[^"]*"|@import|url\(|<script/g)).toEqual(['href="asyncapi.json"']);
  });

  it('has a target for every link, and each target once', () => {
    const targets = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
    expect(targets.filter((id, place) => targets.indexOf(id) !== place)).toEqual([]);
    const links = new Set([...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id!));
    expect([...links].filter((id) => !targets.includes(id))).toEqual([]);
  });

  it('tells of every event', () => {
    expect(eventsOf().filter((event) => !page.includes(`<article id="${nameOf(event)}"`))).toEqual([]);
  });

  it('shows what the source says of a field', () => {
    expect(page).toContain("The bank's own id of the capture.");
    expect(page).toContain('Integer minor units: 2000 usd are twenty dollars.');
  });
});

describe('a doc comment', () => {
  it('belongs to the field or constant right below it, however many lines it has', () => {
    const source = `
      /** One line. */
      bank,
      /**
       * Two
       * lines.
       */
      amount: money,
      plain: z.int(),
      /** Of a constant. */
      export const card = z.string();
    `;
    expect(Object.fromEntries(commentsIn(source))).toEqual({
      bank: 'One line.',
      amount: 'Two lines.',
      card: 'Of a constant.',
    });
  });
});

describe('JSON on a page', () => {
  it('tells keys, texts and the rest apart, and lets no markup through', () => {
    expect(jsonOf({ 'a<b': 'x "1" </pre>', n: 12, none: null })).toBe(
      [
        '{',
        '  <b>&quot;a&lt;b&quot;</b>: <q>&quot;x \\&quot;1\\&quot; &lt;/pre&gt;&quot;</q>,',
        '  <b>&quot;n&quot;</b>: <em>12</em>,',
        '  <b>&quot;none&quot;</b>: <em>null</em>',
        '}',
      ].join('\n'),
    );
  });
});
