import type { StartProgress } from './runtime-options.js';

interface Terminal {
  write(text: string): unknown;
  /** Undefined where it is no terminal. */
  readonly columns?: number | undefined;
}

/** One line per finished stage, with a tick and its seconds. On a terminal, a last line names what is still awaited. */
export function terminalProgress(output: Terminal): StartProgress {
  const underWay = new Set<string>();
  const print = (line: string): void => {
    if (output.columns === undefined) return void output.write(`${line}\n`);
    const awaited = underWay.size > 0 ? `… ${[...underWay].join(', ')}` : '';
    output.write(`\r\x1b[K${line === '' ? '' : `${line}\n`}${awaited.slice(0, output.columns - 1)}`);
  };
  return {
    stage(title) {
      const startedAt = performance.now();
      underWay.add(title);
      if (output.columns !== undefined) print('');
      return (note) => {
        underWay.delete(title);
        const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
        print(`✓ ${title.padEnd(24)} ${seconds.padStart(5)} s${note === undefined ? '' : `  ${note}`}`);
      };
    },
    say: (line) => print(`  ${line}`),
  };
}
