export interface PrintedCommand {
  readonly language: 'sh' | 'js';
  /** One command of a shell, with its continued lines, or one block of JavaScript. */
  readonly text: string;
}

/** The commands of a page's fenced blocks, in their order. */
export function printedCommands(page: string): PrintedCommand[] {
  return [...page.matchAll(/^```(sh|js)\n(.*?)^```/gms)].flatMap(([, language, block]): PrintedCommand[] =>
    language === 'js' ? [{ language, text: block! }] : linesOf(block!).map((text) => ({ language: 'sh', text })),
  );
}

/** Without comments. A backslash continues a line. */
const linesOf = (block: string): string[] =>
  block
    .split(/(?<!\\)\n/)
    .map((line) => line.replace(/\s+#.*$/, ''))
    .filter(Boolean);

/** What a page's text before this heading says. */
export const before = (heading: string, page: string): string => page.slice(0, page.indexOf(`\n${heading}\n`) + 1);

/** The columns of a page's table with these headings, without their backticks: a list of rows. */
export function tableRows(headings: string, page: string): string[][] {
  const [, table = ''] = page.split(`${headings}\n`);
  const [rows = ''] = table.split('\n\n');
  return rows
    .split('\n')
    .slice(1)
    .map((row) =>
      row
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.replaceAll('\\|', '|').replaceAll('`', '').trim()),
    );
}
