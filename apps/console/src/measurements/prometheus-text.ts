/** One series of a scrape. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPED: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/** Reads Prometheus's text format, as far as a name is wanted. */
export function seriesIn(text: string, wanted: ReadonlySet<string>): Series[] {
  return text.split('\n').flatMap((line) => {
    const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? [];
    if (!wanted.has(name)) return [];
    const pairs = [...labels.matchAll(LABEL)].map(
      ([, label, quoted]) => [label!, quoted!.replaceAll(/\\[\\"n]/g, (each) => ESCAPED[each]!)] as const,
    );
    return [{ name, labels: Object.fromEntries(pairs), value: value === '+Inf' ? Infinity : Number(value) }];
  });
}
