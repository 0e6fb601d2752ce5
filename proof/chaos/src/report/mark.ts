/** Mark of a promise or hard state: kept or reached, broken, not reached. */
export const mark = (kind: 'good' | 'bad' | 'none'): string =>
  `<span class="mark ${kind}">${{ good: '✓', bad: '✗', none: '–' }[kind]}</span>`;
