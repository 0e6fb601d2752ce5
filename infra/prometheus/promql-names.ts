/** A metric of an expression, with the labels that the expression asks of it. */
export interface SelectedSeries {
  readonly metric: string;
  readonly labels: readonly string[];
}

const WORDS = new Set(
  'abs and avg bool by clamp_max clamp_min count delta group_left group_right histogram_quantile ignoring increase irate max min offset on or rate sum time topk unless vector without'.split(
    ' ',
  ),
);

/** The series that a PromQL expression selects. Labels of a grouping are asked of every metric of its expression. */
export function seriesIn(expr: string): SelectedSeries[] {
  const grouped = [...expr.matchAll(/\b(?:by|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g)].flatMap(([, list]) =>
    list!
      .split(',')
      .map((label) => label.trim())
      .filter(Boolean),
  );
  const bare = expr
    .replaceAll(/\b(?:by|on|ignoring|without|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\boffset\s+\w+/g, ' ');
  return [...bare.matchAll(/([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\})?/g)].flatMap(([, metric, matchers = '']) => {
    if (WORDS.has(metric!)) return [];
    const matched = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label!);
    return [{ metric: metric!, labels: [...new Set([...matched, ...grouped])] }];
  });
}
