import { bankProtocol } from '#contracts';
import type { BreakerSpan } from './breaker-spans.js';
import { escape } from '../html.js';
import { at, LEFT, titled, WIDTH, type TimeScale, type PlotPanel } from './plot-panel.js';

const ROW = 18;
const words = { open: 'open', half_open: 'half-open' };

/** One row per bank; each gateway instance's breaker has one half of it. */
export function breakerPanel(spans: readonly BreakerSpan[], across: TimeScale, top: number): PlotPanel {
  const rows = bankProtocol.bankNames.map((bank, index) => {
    const y = top + index * ROW;
    const drawn = spans
      .filter((each) => each.bank === bank && each.lane === 'movements')
      .map(({ instance, state, fromMs, untilMs }) => {
        const [from, until] = [across(Math.max(0, fromMs)), across(untilMs)];
        const half = instance.endsWith('-2') ? ROW / 2 - 1 : 1;
        const colour = state === 'open' ? 'var(--open)' : 'var(--half)';
        return `<rect x="${at(from)}" y="${at(y + half)}" width="${at(Math.max(1.5, until - from))}" height="${ROW / 2 - 2}" rx="1.5" fill="${colour}"><title>${escape(`${instance}: the breaker of ${bank} is ${words[state]}`)}</title></rect>`;
      });
    return `<text x="${LEFT - 8}" y="${at(y + 12)}" text-anchor="end">${bank}</text><line class="grid" x1="${LEFT}" x2="${WIDTH - 14}" y1="${at(y + ROW)}" y2="${at(y + ROW)}"/>${drawn.join('')}`;
  });
  return { svg: [titled('breakers', top), ...rows].join('\n'), height: ROW * bankProtocol.bankNames.length };
}
