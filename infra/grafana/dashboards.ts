import type { Dashboard } from './dashboard.js';

const quantiles = (histogram: string, by = '', window = '1m'): Record<string, string> =>
  Object.fromEntries(
    [0.5, 0.99].map((quantile) => [
      [by && `{{${by}}}`, `p${quantile * 100}`].filter(Boolean).join(' '),
      `histogram_quantile(${quantile}, sum by (${[by, 'le'].filter(Boolean).join(', ')}) (rate(${histogram}_bucket[${window}])))`,
    ]),
  );

const breakerStates = { 0: ['closed', 'green'], 1: ['half-open', 'yellow'], 2: ['open', 'red'] } as const;
const upStates = { 0: ['down', 'red'], 1: ['up', 'green'] } as const;

/** The dashboards of Grafana. `npm run docs` writes them to dashboards/ in Grafana's JSON. */
export const dashboards: readonly Dashboard[] = [
  {
    name: 'overview',
    title: 'overview',
    panels: [
      {
        title: 'Charges settled, per second, by outcome',
        unit: 'ops',
        queries: { '{{outcome}}': 'sum by (outcome) (rate(charges_settled_total[1m]))' },
      },
      {
        title: 'Share of charges that succeeded',
        unit: 'percentunit',
        queries: {
          succeeded: 'sum(rate(charges_settled_total{outcome="succeeded"}[1m])) / sum(rate(charges_settled_total[1m]))',
        },
      },
      {
        title: 'Time to answer',
        about: 'Requests that wait for their charge included.',
        unit: 's',
        queries: quantiles('api_request_duration_seconds'),
      },
      {
        title: 'Requests per second, by status',
        unit: 'ops',
        queries: { '{{status}}': 'sum by (status) (rate(api_request_duration_seconds_count[1m]))' },
      },
      {
        title: 'Answers per second, by what gave them',
        about: 'time_up: answered “pending” after ANSWER_WITHIN_MS.',
        unit: 'ops',
        queries: { '{{by}}': 'sum by (by) (rate(charge_answers_total[1m]))' },
      },
      {
        title: 'Refused with 429, per second',
        about: 'Admission control sheds what would only wait.',
        unit: 'ops',
        queries: {
          '{{reason}}': 'sum by (reason) (rate(charges_shed_total[1m]))',
          lists: 'sum(rate(lists_shed_total[1m]))',
        },
      },
      {
        title: 'Operations in doubt at banks',
        queries: { '{{bank}} {{kind}}': 'sum by (bank, kind) (bank_operations_live{state="in_doubt"})' },
      },
      { title: 'Charges not yet settled', queries: { charges: 'max(charges_unsettled)' } },
      {
        title: 'Services',
        as: 'lights',
        states: upStates,
        queries: { '{{job}} {{instance}}': 'up' },
      },
      {
        title: 'CPU, in cores',
        queries: { '{{job}} {{instance}}': 'rate(process_cpu_seconds_total[1m])' },
      },
      {
        title: 'Memory',
        unit: 'bytes',
        queries: { '{{job}} {{instance}}': 'process_resident_memory_bytes' },
      },
      {
        title: 'Lag of the event loop, p99',
        unit: 's',
        queries: { '{{job}} {{instance}}': 'nodejs_eventloop_lag_p99_seconds' },
      },
    ],
  },
  {
    name: 'banks',
    title: 'banks',
    panels: [
      {
        title: 'Circuit breakers',
        as: 'lights',
        states: breakerStates,
        queries: { '{{bank}} {{lane}}': 'max by (bank, lane) (bank_breaker_state)' },
      },
      {
        title: 'Transitions of breakers in a minute',
        queries: {
          '{{bank}} {{lane}} → {{to}}': 'sum by (bank, lane, to) (increase(bank_breaker_transitions_total[1m]))',
        },
      },
      {
        title: 'Attempts per second, by bank and outcome',
        unit: 'ops',
        queries: { '{{bank}} {{outcome}}': 'sum by (bank, outcome) (rate(bank_attempts_total[1m]))' },
      },
      {
        title: 'Time of an attempt',
        unit: 's',
        queries: quantiles('bank_attempt_seconds', 'bank'),
      },
      {
        title: 'Calls in flight',
        about: 'Of BANK_IN_FLIGHT for each bank and instance.',
        queries: {
          '{{bank}}': 'sum by (bank) (bank_in_flight)',
          '{{bank}}, with fault tokens': 'sum by (bank) (bank_isolated_in_flight)',
        },
      },
      {
        title: 'Retries that the budget refused, per second',
        unit: 'ops',
        queries: { '{{bank}}': 'sum by (bank) (rate(bank_retry_budget_exhausted_total[1m]))' },
      },
      {
        title: 'Operations that have not ended',
        queries: { '{{bank}} {{kind}} {{state}}': 'sum by (bank, kind, state) (bank_operations_live)' },
      },
      {
        title: 'Operations that came to be in doubt, per minute',
        queries: { '{{bank}} {{kind}}': 'sum by (bank, kind) (increase(bank_operations_doubted_total[1m]))' },
      },
      {
        title: 'Operations ended, per second',
        unit: 'ops',
        queries: { '{{bank}} {{kind}} {{end}}': 'sum by (bank, kind, end) (rate(bank_operations_ended_total[1m]))' },
      },
      {
        title: 'Isolated breakers and callers',
        about: 'Charges with fault tokens have a breaker for each account.',
        queries: {
          '{{bank}} callers': 'sum by (bank) (bank_isolated_callers)',
          '{{bank}} opened in a minute':
            'sum by (bank) (increase(bank_isolated_breaker_transitions_total{to="open"}[1m]))',
        },
      },
    ],
  },
  {
    name: 'sagas',
    title: 'sagas',
    panels: [
      {
        title: 'Events processed, per second, by outcome',
        about: 'duplicate: dropped by the inbox. too_soon: a prerequisite event was lost, and is resent.',
        unit: 'ops',
        queries: { '{{job}} {{outcome}}': 'sum by (job, outcome) (rate(step_outcomes_total[1m]))' },
      },
      {
        title: 'Records in Kafka that are not processed',
        queries: { '{{job}} {{topic}}': 'sum by (job, topic) (consumer_lag)' },
      },
      {
        title: 'Age of the oldest event that is not published',
        unit: 's',
        queries: {
          '{{job}} in memory': 'max by (job) (outbox_oldest_pending_seconds)',
          '{{job}} in the table': 'max by (job) (outbox_oldest_row_seconds)',
        },
      },
      {
        title: 'Events that wait in the outbox',
        queries: { '{{job}}': 'sum by (job) (outbox_pending)' },
      },
      {
        title: 'Time of a transaction of steps',
        unit: 's',
        queries: quantiles('step_batch_duration_seconds', 'job'),
      },
      {
        title: 'Events in a transaction, on average',
        queries: {
          '{{job}}': 'sum by (job) (rate(step_batch_size_sum[1m])) / sum by (job) (rate(step_batch_size_count[1m]))',
        },
      },
      {
        title: 'Time of a send to Kafka',
        unit: 's',
        queries: quantiles('outbox_publish_duration_seconds', 'job'),
      },
      {
        title: 'Sends that failed, and pauses for the database, per minute',
        queries: {
          '{{job}} sends': 'sum by (job) (increase(outbox_publish_failures_total[1m]))',
          '{{job}} pauses': 'sum by (job) (increase(step_pauses_total[1m]))',
        },
      },
      { title: 'Keys with a parked event', queries: { '{{job}}': 'max by (job) (parked_keys)' } },
      {
        title: 'Rebalances and restarts of consumers, per minute',
        queries: {
          '{{job}} rebalances': 'sum by (job) (increase(consumer_rebalances_total[1m]))',
          '{{job}} restarts': 'sum by (job) (increase(consumer_restarts_total[1m]))',
        },
      },
      {
        title: 'Periodic jobs: time since the last success, less the interval',
        unit: 's',
        queries: {
          '{{job}} {{name}}':
            'min by (job, name) (periodic_job_success_age_seconds) - max by (job, name) (periodic_job_interval_seconds)',
        },
      },
      {
        title: 'Round trips to Postgres, per second',
        unit: 'ops',
        queries: { '{{job}} {{pool}} {{of}}': 'sum by (job, pool, of) (rate(postgres_round_trips_total[1m]))' },
      },
    ],
  },
  {
    name: 'ledger',
    title: 'ledger',
    panels: [
      {
        title: 'Debits less credits over all accounts, in minor units',
        about: 'Always zero.',
        as: 'number',
        queries: { '{{currency}}': 'max by (currency) (ledger_unbalanced_minor_units)' },
      },
      {
        title: 'In suspense, in minor units',
        about: 'Money that a bank moved and that belongs to no account yet. Zero once every charge has ended.',
        queries: { '{{bank}} {{currency}}': 'max by (bank, currency) (ledger_suspense_minor_units)' },
      },
      {
        title: 'Open differences between banks and books',
        queries: { '{{bank}} {{kind}}': 'max by (bank, kind) (reconciliation_differences_open)' },
      },
      {
        title: 'Differences found and resolved, per minute',
        queries: {
          '{{bank}} {{kind}} found': 'sum by (bank, kind) (increase(reconciliation_differences_found_total[1m]))',
          '{{resolution}}': 'sum by (resolution) (increase(reconciliation_differences_resolved_total[1m]))',
        },
      },
      {
        title: 'Age of the statements',
        about: 'As the ledger has compared them, and as the gateway has published them.',
        unit: 's',
        queries: {
          '{{bank}} compared': 'max by (bank) (reconciliation_statement_age_seconds)',
          '{{bank}} published': 'max by (bank) (bank_statement_age_seconds)',
        },
      },
      {
        title: 'Missing pages, and statements that stand still',
        queries: {
          '{{bank}} missing': 'max by (bank) (reconciliation_statement_missing)',
          '{{bank}} {{reason}}': 'max by (bank, reason) (bank_statement_standstill)',
        },
      },
      {
        title: 'Compared, per second',
        unit: 'ops',
        queries: {
          '{{bank}} entries': 'sum by (bank) (rate(reconciliation_entries_compared_total[1m]))',
          transfers: 'sum(rate(reconciliation_transfers_compared_total[1m]))',
        },
      },
      { title: 'Charges under suspicion', queries: { charges: 'max(reconciliation_suspects)' } },
    ],
  },
  {
    name: 'webhooks',
    title: 'webhooks',
    panels: [
      {
        title: 'Attempts per second, by outcome',
        about: 'abandoned: the last attempt failed, or its endpoint is gone or disabled.',
        unit: 'ops',
        queries: { '{{outcome}}': 'sum by (outcome) (rate(webhook_attempts_total[1m]))' },
      },
      {
        title: 'Share of attempts that were delivered',
        unit: 'percentunit',
        queries: {
          delivered:
            'sum(rate(webhook_attempts_total{outcome="delivered"}[1m])) / sum(rate(webhook_attempts_total[1m]))',
        },
      },
      { title: 'Time until an endpoint answers', unit: 's', queries: quantiles('webhook_attempt_duration_seconds') },
      {
        title: 'Given up, in an hour',
        queries: { events: 'sum(increase(webhook_attempts_total{outcome="abandoned"}[1h]))' },
      },
    ],
  },
];
