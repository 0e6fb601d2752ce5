import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';
import { MOST_WORDS, wordsIn } from './readme.js';
import { terminalPicture } from './terminal-picture.js';

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');

describe('README.md', () => {
  it(`has at most ${MOST_WORDS} words, so that it is read at all`, () => {
    expect(wordsIn(read('README.md'))).toBeLessThanOrEqual(MOST_WORDS);
  });

  it.each([
    ['One two, three.', 3],
    ['| a | b-c |\n| --- | --- |\n| `npm start` | [the tour](docs/tour.md#a-b c) |', 6],
    ['```sh\nnpm start # starts\n```\n1. — · & ', 5],
  ])('counts what a reader sees: %j', (text, words) => {
    expect(wordsIn(text)).toBe(words);
  });
});

describe('docs/terminal.svg', () => {
  it('is drawn from the recording: after a change, npm run docs', () => {
    expect(read('docs/terminal.svg')).toBe(terminalPicture());
  });

  it('shows commands and output, escaped', () => {
    const commands = [{ typed: 'echo "<a>"', output: '<a> connection was refused\n', tookMs: 5 }];
    const picture = terminalPicture({ recordedAt: '2026-12-01T10:00:00.000Z', commands });
    expect(picture).toContain('<tspan class="typed">$ echo &quot;&lt;a&gt;&quot;</tspan>');
    expect(picture).toContain('>&lt;a&gt; <tspan class="bad">connection was refused</tspan></text>');
  });
});
