import {
  processMetrics,
  registeredMetrics,
  scrapedServices,
  unitOf,
  type ExposedMetric,
} from '../../infra/prometheus/registered-metrics.js';

/** What each label tells apart. */
const labelMeanings: Readonly<Record<string, string>> = {
  bank: 'the bank: `alder`, `birch`, `cedar`, `dogwood`',
  by: 'what gave the answer: `settled`, `time_up`, `refused`, `replayed`',
  currency: 'the currency, in small letters',
  end: 'how an operation ended: `succeeded`, `refused`, or why nothing was performed',
  from: 'the state that a breaker left: `closed`, `half_open`, `open`',
  kind: 'the kind of an operation (`authorize`, `capture`, `void`, `refund`, `reversal`) or of a difference; of a garbage collection, the collector',
  lane: 'the breaker: `movements` of money, or `inquiries`',
  major: 'of Node’s version; likewise `minor`, `patch` and `version`',
  name: 'the periodic job ([operating.md](operating.md#periodic-jobs)); `job` is Prometheus’ own label for the service',
  network: 'the card network',
  of: 'what a round trip belonged to: a `transaction`, or a `statement` outside one',
  operation: 'what the bank was asked: `authorize`, `capture`, `void`, `refund`, `reverse`, `inquire`, `statement`',
  outcome: 'how it went; the row says which',
  pool: 'the connections: `service`, or `relay` of the outbox',
  quantile: 'the quantile of a summary',
  reason: 'why',
  request: 'a request of Kafka’s protocol: `Produce`, `Fetch`, `Heartbeat` and others',
  resolution: 'how a difference ended',
  route: 'method and route, such as `POST /v1/charges`',
  space: 'the part of the heap',
  state: 'of a live operation: `open`, `in_doubt`, `reversing`, `needs_attention`',
  status: 'the status of the answer',
  to: 'the state that a breaker came to',
  topic: 'the topic',
  type: 'the type of a handle or request',
};

/** docs/metrics.md: every metric of every service. */
export function metricsPage(): string {
  const [own, process] = [registeredMetrics(), processMetrics()];
  const labels = [...new Set([...own, ...process].flatMap((metric) => metric.labels))].toSorted();
  const ofNode = new Set(['minor', 'patch', 'version']);
  return `# Metrics

Every service answers \`/metrics\` on its operators' port, in Prometheus' text format:

    curl localhost:3002/metrics

Names end with their unit, which is a base unit (seconds, bytes; amounts of money in minor units of their currency), and counters in \`_total\`. A histogram \`x\` is the series \`x_bucket\` (with the label \`le\`), \`x_sum\` and \`x_count\`. \`job\` and \`instance\` are Prometheus' own labels: the service, and the process.

Dashboards: \`infra/grafana/dashboards.ts\`. Alerts: \`infra/prometheus/alerts.yml\`, each with its page of [runbooks.md](runbooks.md). \`npm run docs\` writes this page from the code; tests compare it with what the running services expose, and each query of a dashboard or an alert with this page.

## The services

${tableOf(own)}

## Every process

Node's process, by prom-client. Not of the bank simulator, which has no metrics.

${tableOf(process)}

## Labels

| label | tells apart |
| --- | --- |
${labels
  .filter((label) => !ofNode.has(label))
  .map((label) => `| \`${label}\` | ${meaningOf(label)} |`)
  .join('\n')}
`;
}

function meaningOf(label: string): string {
  const meaning = labelMeanings[label];
  if (meaning === undefined) throw new Error(`tools/docs/metrics-page.ts does not say what the label ${label} means.`);
  return meaning;
}

function tableOf(metrics: readonly ExposedMetric[]): string {
  return [
    '| metric | type | labels | unit | meaning | service |',
    '| --- | --- | --- | --- | --- | --- |',
    ...metrics.map((metric) => {
      const { name, type, labels, help, services } = metric;
      const shown = labels.map((label) => `\`${label}\``).join(', ');
      const of = services.length === scrapedServices.length ? 'every' : services.join(', ');
      return `| \`${name}\` | ${type} | ${shown} | ${unitOf(metric)} | ${help.replaceAll('|', '\\|')} | ${of} |`;
    }),
  ].join('\n');
}
