/** Kept, broken, or not come to. */
export const mark = (kind: 'good' | 'bad' | 'none'): string =>
  `<span class="mark ${kind}">${{ good: '✓', bad: '✗', none: '–' }[kind]}</span>`;
