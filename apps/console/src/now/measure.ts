import type { Instant } from '#clock';
import type { views } from '#contracts';
import { Increments } from '../measurements/increments.js';
import { seriesIn, type Series } from '../measurements/prometheus-text.js';
import { quantile } from '../measurements/quantile.js';
import type { BankCard, BreakerCard, FlowMeasures, HistoryPoint, OutcomeKind } from './snapshot.js';

const COUNTERS = [
  'charges_settled_total',
  'bank_attempts_total',
  'outbox_published_total',
  'api_request_duration_seconds_bucket',
] as const;
const GAUGES = ['bank_operations_live', 'outbox_oldest_pending_seconds', 'outbox_oldest_row_seconds', 'consumer_lag'];
const wanted = new Set<string>([...COUNTERS, ...GAUGES]);
/** Shares, quantiles and outcomes are of so many seconds. */
const WINDOW_MS = 10_000;
const CHARGES_ROUTE = 'POST /v1/charges';

/** One round of scrapes. */
export interface Scrapes {
  readonly at: Instant;
  /** By instance: the text of `/metrics`, or undefined when it does not answer. */
  readonly texts: ReadonlyMap<string, string | undefined>;
  readonly service: (instance: string) => 'payments' | 'gateway' | 'ledger';
  /** GET /banks of each gateway that answers. */
  readonly banks: readonly (readonly views.BankStateView[])[];
}

/** Turns rounds of scrapes into numbers per second, and keeps those of the last ten seconds. */
export class Measures {
  readonly #increments = new Increments();
  #window: { at: Instant; grown: readonly Series[] }[] = [];
  #lastAt: Instant | undefined;

  take({ at, texts, service, banks }: Scrapes): { flow: FlowMeasures; banks: BankCard[]; point: HistoryPoint } {
    const scraped = [...texts].flatMap(([instance, text]) =>
      text === undefined ? [] : [{ instance, series: seriesIn(text, wanted) }],
    );
    const isCounter = ({ name }: Series): boolean => COUNTERS.some((counter) => counter === name);
    const grown = scraped.flatMap(({ instance, series }) => this.#increments.take(instance, series.filter(isCounter)));
    const gauges = scraped.flatMap(({ series }) => series.filter((each) => !isCounter(each)));
    const seconds = Math.max(0.001, (at - (this.#lastAt ?? at - 1_000)) / 1_000);
    this.#lastAt = at;
    this.#window = [...this.#window, { at, grown }].filter((each) => each.at > at - WINDOW_MS);
    const recent = this.#window.flatMap((each) => each.grown);
    const gatewayAnswers = scraped.some(({ instance }) => service(instance) === 'gateway');
    const flow: FlowMeasures = {
      chargesPerSecond: sum(grown, 'charges_settled_total') / seconds,
      ...settledIn(recent),
      ...latencyIn(recent),
      inDoubt: gatewayAnswers ? liveIn(gauges, (state) => state !== 'open') : null,
      underWay: gatewayAnswers ? liveIn(gauges, () => true) : null,
      outboxAgeSeconds: highest(gauges, ['outbox_oldest_row_seconds', 'outbox_oldest_pending_seconds']),
      consumerLag: scraped.length === 0 ? null : sum(gauges, 'consumer_lag'),
      eventsPerSecond: sum(grown, 'outbox_published_total') / seconds,
    };
    const cards = cardsOf(banks, recent, gauges);
    const ofLastSecond = Object.fromEntries(
      cards.map(({ name }) => {
        const attempts = attemptsAt(name, grown);
        const failures = attempts.filter(({ kind }) => kind === 'failed');
        return [name, { attempts: total(attempts) / seconds, failures: total(failures) / seconds }];
      }),
    );
    return { flow, banks: cards, point: { at, ...flow, banks: ofLastSecond } };
  }
}

function settledIn(recent: readonly Series[]): Pick<FlowMeasures, 'succeededShare'> {
  const settled = recent.filter(({ name }) => name === 'charges_settled_total');
  const all = settled.reduce((sum, { value }) => sum + value, 0);
  const succeeded = settled.filter(({ labels }) => labels['outcome'] === 'succeeded');
  return { succeededShare: all === 0 ? null : succeeded.reduce((sum, { value }) => sum + value, 0) / all };
}

function latencyIn(recent: readonly Series[]): Pick<FlowMeasures, 'p50Ms' | 'p99Ms'> {
  const buckets = recent.filter(
    ({ name, labels }) => name === 'api_request_duration_seconds_bucket' && labels['route'] === CHARGES_ROUTE,
  );
  const ms = (share: number): number | null => {
    const seconds = quantile(share, buckets);
    return seconds === undefined ? null : seconds * 1_000;
  };
  return { p50Ms: ms(0.5), p99Ms: ms(0.99) };
}

/** Each gateway counts the operations of all, so the highest count is the one number. */
function liveIn(gauges: readonly Series[], isCounted: (state: string) => boolean, bank?: string): number {
  const byPlace = new Map<string, number>();
  for (const { name, labels, value } of gauges) {
    if (name !== 'bank_operations_live' || !isCounted(labels['state'] ?? '')) continue;
    if (bank !== undefined && labels['bank'] !== bank) continue;
    const place = `${labels['bank']} ${labels['kind']} ${labels['state']}`;
    byPlace.set(place, Math.max(byPlace.get(place) ?? 0, value));
  }
  return [...byPlace.values()].reduce((sum, count) => sum + count, 0);
}

function cardsOf(
  instances: readonly (readonly views.BankStateView[])[],
  recent: readonly Series[],
  gauges: readonly Series[],
): BankCard[] {
  const byName = Map.groupBy(instances.flat(), ({ name }) => name);
  return [...byName].map(([name, states]) => ({
    name,
    networks: states[0]!.networks,
    breaker: worst(states.map(breakerOf)),
    inFlight: states.reduce((sum, { inFlight = 0 }) => sum + inFlight, 0),
    slots: states.reduce((sum, { inFlight = 0, freeSlots }) => sum + inFlight + freeSlots, 0),
    retryBudget: states.some(({ retryBudget }) => retryBudget)
      ? {
          used: states.reduce((sum, { retryBudget }) => sum + (retryBudget?.used ?? 0), 0),
          allowed: states.reduce((sum, { retryBudget }) => sum + (retryBudget?.allowed ?? 0), 0),
        }
      : null,
    outcomes: attemptsAt(name, recent).toSorted((a, b) => b.count - a.count),
    inDoubt: liveIn(gauges, (state) => state !== 'open', name),
  }));
}

const badness = { closed: 0, half_open: 1, open: 2 };

function breakerOf({ breakers, untilProbeMs }: views.BankStateView): BreakerCard {
  const state = breakers['movements'] ?? 'closed';
  return { state, probeInMs: state === 'open' ? (untilProbeMs?.['movements'] ?? 0) : 0 };
}

const worst = (breakers: readonly BreakerCard[]): BreakerCard | null =>
  breakers.toSorted((a, b) => badness[b.state] - badness[a.state])[0] ?? null;

const performed = new Set([
  'approved',
  'captured',
  'voided',
  'refunded',
  'reversed',
  'already_reversed',
  'remembered',
  'unknown',
  'found',
  'not_found',
  'page',
]);
const refused = new Set(['declined', 'refused']);

function attemptsAt(bank: string, grown: readonly Series[]): { outcome: string; kind: OutcomeKind; count: number }[] {
  const byOutcome = new Map<string, number>();
  for (const { name, labels, value } of grown) {
    if (name !== 'bank_attempts_total' || labels['bank'] !== bank || value === 0) continue;
    // A statement is read without any charge, so it would hide how little is asked of an idle bank.
    if (labels['operation'] === 'statement') continue;
    const outcome = labels['outcome'] ?? '';
    byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + value);
  }
  return [...byOutcome].map(([outcome, count]) => ({ outcome, kind: kindOf(outcome), count }));
}

function kindOf(outcome: string): OutcomeKind {
  if (performed.has(outcome)) return 'performed';
  return refused.has(outcome) ? 'refused' : 'failed';
}

const total = (attempts: readonly { count: number }[]): number => attempts.reduce((sum, { count }) => sum + count, 0);

const sum = (series: readonly Series[], wantedName: string): number =>
  series.reduce((total, { name, value }) => (name === wantedName ? total + value : total), 0);

function highest(series: readonly Series[], names: readonly string[]): number | null {
  const values = series.flatMap(({ name, value }) => (names.includes(name) ? [value] : []));
  return values.length === 0 ? null : Math.max(...values);
}
