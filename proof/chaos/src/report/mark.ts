/** Kept, broken, or not reached. */
export const mark = (kind: 'good' | 'bad' | 'none'): string =>
  `<span class="mark ${kind}">${{ good: '✓', bad: '✗', none: '–' }[kind]}</span>`;
