/** One picture of a dashboard. */
export interface DashboardPanel {
  readonly title: string;
  /** What a reader should know of it, in a sentence. */
  readonly about?: string;
  /** Grafana's name of a unit: `s`, `ops`, `bytes`, `percentunit`; default a plain number. */
  readonly unit?: string;
  /** `lights` shows numbers as words of states, over time; `number` the last value alone. */
  readonly as?: 'lines' | 'lights' | 'number';
  /** With `lights`: what each value means, and its colour. */
  readonly states?: Readonly<Record<number, readonly [text: string, colour: string]>>;
  /** Legend → PromQL. */
  readonly queries: Readonly<Record<string, string>>;
}

export interface Dashboard {
  /** The name of its file, and the end of its address in Grafana. */
  readonly name: string;
  readonly title: string;
  readonly panels: readonly DashboardPanel[];
}

const kinds = { lines: 'timeseries', lights: 'state-timeline', number: 'stat' } as const;
const WIDTH = 12;
const HEIGHT = 8;

/** A dashboard in Grafana's JSON, two panels side by side. */
export function grafanaJson({ name, title, panels }: Dashboard): string {
  const dashboard = {
    uid: `holdfast-${name}`,
    title: `Holdfast: ${title}`,
    tags: ['holdfast'],
    timezone: 'browser',
    refresh: '5s',
    time: { from: 'now-15m', to: 'now' },
    schemaVersion: 39,
    links: [{ type: 'dashboards', title: 'Holdfast', tags: ['holdfast'], asDropdown: false, keepTime: true }],
    panels: panels.map(panelJson),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

function panelJson({ title, about, unit, as = 'lines', states, queries }: DashboardPanel, index: number): object {
  return {
    id: index + 1,
    title,
    ...(about !== undefined && { description: about }),
    type: kinds[as],
    gridPos: { h: HEIGHT, w: WIDTH, x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT },
    datasource: { type: 'prometheus', uid: 'prometheus' },
    fieldConfig: {
      defaults: {
        unit: unit ?? 'short',
        ...(as === 'lines' && { min: 0 }),
        ...(states && { mappings: [{ type: 'value', options: optionsOf(states) }] }),
      },
      overrides: [],
    },
    targets: Object.entries(queries).map(([legendFormat, expr], place) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + place),
      expr,
      legendFormat,
    })),
  };
}

function optionsOf(states: NonNullable<DashboardPanel['states']>): object {
  return Object.fromEntries(Object.entries(states).map(([value, [text, color]]) => [value, { text, color }]));
}
