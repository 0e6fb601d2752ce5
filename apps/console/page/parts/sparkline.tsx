import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface PlotLine {
  readonly values: readonly (number | null)[];
  /** A custom property of the style sheet: `--accent`. */
  readonly colour: string;
}

/** A small live plot without axes: what it shows is said in words beside it. */
export function Sparkline({
  times,
  lines,
  label,
  height = 44,
  atLeast,
}: {
  times: readonly number[];
  lines: readonly PlotLine[];
  label: string;
  height?: number;
  /** The scale reaches up to here at least, so that noise near zero looks small. */
  atLeast: number;
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const colours = lines.map(({ colour }) => colour).join(' ');
  useEffect(() => {
    const element = place.current!;
    const created = new uPlot(
      {
        width: Math.max(40, element.clientWidth),
        height,
        padding: [3, 0, 3, 0],
        cursor: { show: false },
        legend: { show: false },
        scales: { x: { time: true }, y: { range: (_plot, _min, max) => [0, Math.max(atLeast, max ?? 0) * 1.05] } },
        axes: [{ show: false }, { show: false }],
        series: [
          {},
          ...colours.split(' ').map((colour) => ({
            width: 1.5,
            points: { show: false },
            spanGaps: false,
            stroke: () => getComputedStyle(element).getPropertyValue(colour),
          })),
        ],
      },
      [[], ...colours.split(' ').map(() => [])],
      element,
    );
    plot.current = created;
    const resize = new ResizeObserver(() => created.setSize({ width: Math.max(40, element.clientWidth), height }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      created.destroy();
    };
  }, [colours, height, atLeast]);
  useEffect(() => {
    plot.current?.setData([times.map((at) => at / 1_000), ...lines.map(({ values }) => [...values])]);
  }, [times, lines]);
  return <div ref={place} className="sparkline" role="img" aria-label={label} style={{ height }} />;
}
