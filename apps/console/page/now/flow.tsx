import { useMemo } from 'react';
import type { FlowMeasures, HistoryPoint } from '../../src/now/snapshot.js';
import { milliseconds, NOTHING, percent, rate, seconds, whole } from '../parts/format.js';
import { Sparkline, type PlotLine } from '../parts/sparkline.js';

interface Measure {
  readonly title: string;
  readonly unit: string;
  readonly shown: (flow: FlowMeasures) => string;
  readonly of: readonly (readonly [key: keyof FlowMeasures, colour: string])[];
  readonly atLeast: number;
}

const measures: readonly Measure[] = [
  {
    title: 'Charges',
    unit: 'per second',
    shown: (flow) => rate(flow.chargesPerSecond),
    of: [['chargesPerSecond', '--accent']],
    atLeast: 5,
  },
  {
    title: 'Succeeded',
    unit: '% of 10 s',
    shown: (flow) => percent(flow.succeededShare),
    of: [['succeededShare', '--good']],
    atLeast: 1,
  },
  {
    title: 'Answer time',
    unit: 'p50 · p99',
    shown: (flow) => `${milliseconds(flow.p50Ms)} · ${milliseconds(flow.p99Ms)}`,
    of: [
      ['p50Ms', '--accent'],
      ['p99Ms', '--second'],
    ],
    atLeast: 100,
  },
  {
    title: 'In doubt',
    unit: 'operations',
    shown: (flow) => whole(flow.inDoubt),
    of: [['inDoubt', '--warn']],
    atLeast: 5,
  },
  {
    title: 'Under way',
    unit: 'operations',
    shown: (flow) => whole(flow.underWay),
    of: [['underWay', '--accent']],
    atLeast: 10,
  },
  {
    title: 'Outbox',
    unit: 's, the oldest event',
    shown: (flow) => seconds(flow.outboxAgeSeconds),
    of: [['outboxAgeSeconds', '--accent']],
    atLeast: 2,
  },
  {
    title: 'Consumer lag',
    unit: 'events',
    shown: (flow) => whole(flow.consumerLag),
    of: [['consumerLag', '--accent']],
    atLeast: 10,
  },
  {
    title: 'Events',
    unit: 'per second',
    shown: (flow) => rate(flow.eventsPerSecond),
    of: [['eventsPerSecond', '--accent']],
    atLeast: 20,
  },
];

export function Flow({ flow, history }: { flow: FlowMeasures | undefined; history: readonly HistoryPoint[] }) {
  const times = useMemo(() => history.map(({ at }) => at), [history]);
  return (
    <section aria-labelledby="flow">
      <h2 id="flow">Flow</h2>
      <ul className="tiles">
        {measures.map((measure) => (
          <Tile key={measure.title} measure={measure} flow={flow} history={history} times={times} />
        ))}
      </ul>
    </section>
  );
}

function Tile({
  measure: { title, unit, shown, of, atLeast },
  flow,
  history,
  times,
}: {
  measure: Measure;
  flow: FlowMeasures | undefined;
  history: readonly HistoryPoint[];
  times: readonly number[];
}) {
  const lines = useMemo(
    () => of.map(([key, colour]): PlotLine => ({ values: history.map((point) => point[key]), colour })),
    [of, history],
  );
  const value = flow ? shown(flow) : NOTHING;
  return (
    <li className="card tile">
      <h3>{title}</h3>
      <p>
        <b>{value}</b> <span className="soft">{unit}</span>
      </p>
      <Sparkline
        times={times}
        lines={lines}
        atLeast={atLeast}
        label={`${title} of the last five minutes; now ${value}`}
      />
    </li>
  );
}
