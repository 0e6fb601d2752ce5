import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../infra/local/repository.js';
import { escape } from './html.js';
import type { TerminalRecording } from './terminal-recording.js';

const LINE_HEIGHT = 18;
const CHARACTER_WIDTH = 7.8;
const MARGIN = 20;
const BAR = 34;

/** What deserves a reader's eye, in the order in which it is looked for. */
const highlights: readonly [name: string, pattern: RegExp][] = [
  ['bad', /connection was refused|closed to open|outage/],
  ['good', /"succeeded"|approved after|captured after|^Succeeded: .*/],
  ['event', /→ .*/],
];

/** The recording as one SVG: a dark terminal on any page. */
export function terminalPicture(recording: TerminalRecording = recorded()): string {
  const lines = recording.commands.flatMap(({ typed, output }, index) => [
    ...(index === 0 ? [] : ['']),
    ...typed.split('\n').map((line, at) => span('typed', `${at === 0 ? '$ ' : '  '}${line.trim()}`)),
    ...output.trimEnd().split('\n').map(coloured),
  ]);
  const columns = Math.max(
    ...recording.commands
      .flatMap(({ typed, output }) => `${typed}\n${output}`.split('\n'))
      .map((line) => line.length + 2),
  );
  const [width, height] = [
    Math.ceil(columns * CHARACTER_WIDTH) + 2 * MARGIN,
    lines.length * LINE_HEIGHT + BAR + MARGIN,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13">
<style>
  text { fill: #c9d1d9; white-space: pre } .typed { fill: #fff; font-weight: 600 } .good { fill: #56d364 } .bad { fill: #ff7b72 } .event { fill: #79c0ff }
</style>
<title>A terminal, recorded on ${recording.recordedAt.slice(0, 10)}</title>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<circle cx="18" cy="17" r="5" fill="#ff5f57"/><circle cx="36" cy="17" r="5" fill="#febc2e"/><circle cx="54" cy="17" r="5" fill="#28c840"/>
${lines.map((line, index) => `<text x="${MARGIN}" y="${BAR + (index + 1) * LINE_HEIGHT}" xml:space="preserve">${line}</text>`).join('\n')}
</svg>
`;
}

function coloured(line: string): string {
  for (const [name, pattern] of highlights) {
    const found = pattern.exec(line);
    if (!found) continue;
    const [before, after] = [line.slice(0, found.index), line.slice(found.index + found[0].length)];
    return `${escape(before)}${span(name, found[0])}${coloured(after)}`;
  }
  return escape(line);
}

function span(name: string, text: string): string {
  return `<tspan class="${name}">${escape(text)}</tspan>`;
}

function recorded(): TerminalRecording {
  return JSON.parse(
    readFileSync(join(repositoryRoot, 'tools/docs/terminal-recording.json'), 'utf8'),
  ) as TerminalRecording;
}
