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
  it('is up to date with npm run docs', () => {
    expect(readFileSync(join(repositoryRoot, 'docs', 'events.html'), 'utf8')).toBe(page);
  });

  it('is self-contained', () => {
    expect(page.match(/(?:src|href)="(?!#)[^"]*"|@import|url\(|<script/g)).toEqual(['href="asyncapi.json"']);
  });

  it('has exactly one target for every link', () => {
    const targets = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
    expect(targets.filter((id, place) => targets.indexOf(id) !== place)).toEqual([]);
    const links = new Set([...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id!));
    expect([...links].filter((id) => !targets.includes(id))).toEqual([]);
  });

  it('describes every event', () => {
    expect(eventsOf().filter((event) => !page.includes(`<article id="${nameOf(event)}"`))).toEqual([]);
  });

  it('shows the doc comments of fields', () => {
    expect(page).toContain('The bank id of the capture.');
    expect(page).toContain('Integer minor units: 2000 usd are twenty dollars.');
  });
});

describe('a doc comment', () => {
  it('belongs to the field or constant directly below it, with one line or several', () => {
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
  it('marks keys, strings and other values, and escapes markup', () => {
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
