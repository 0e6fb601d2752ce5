import { answerBody } from '#checker';
import { grouped } from '../html.js';
import { kindOfRequest, operationOf, type RecordedExchange } from '../workload/exchange.js';
import type { StoryName } from '../workload/client-scripts.js';
import type { PromiseResult } from './promise-result.js';
import type { RunFacts } from './run-facts.js';

type Facts = Pick<RunFacts, 'traffic' | 'durationMs' | 'exchanges' | 'evidence' | 'journal'>;

/** Stories that a client finishes per minute under any fault: a third of the usual number. */
const STORIES_PER_CLIENT_MINUTE = 6;
/** Share of the stories that succeed. The others are declined or meet a fault. */
const SUCCEEDING_SHARE = 0.5;
/** More clients than this do not finish more stories, since they share one machine. */
const CLIENTS_COUNTED_MAX = 20;

interface ExpectedActivity {
  readonly what: string;
  /** Stories that cause at least one. */
  readonly of: readonly StoryName[];
  /** The minimum is at least one, however short the run. */
  readonly always?: true;
  readonly times: (facts: Facts) => number;
}

const charging: readonly StoryName[] = [
  'charge',
  'refund',
  'capture all',
  'capture a part',
  'capture twice',
  'capture too much',
  'authorize only',
  'cancel',
  'capture races cancel',
  'refund in parts',
  'refund to the last',
  'answer lost',
  'asked twice at once',
];

const activities: readonly ExpectedActivity[] = [
  {
    what: 'charges succeeded',
    always: true,
    of: charging,
    times: ({ evidence }) => evidence.charges.filter(({ state }) => state !== 'failed' && state !== 'requested').length,
  },
  {
    what: 'authorizations were requested at banks',
    of: charging,
    times: ({ journal }) =>
      journal.filter((record) => record.type === 'request' && record.operation === 'authorize').length,
  },
  {
    what: 'authorizations were captured',
    of: ['capture all', 'capture a part', 'capture twice', 'capture too much'],
    times: ({ exchanges }) =>
      operations(exchanges.filter((each) => kindOfRequest(each) === 'capture' && succeeded(each))),
  },
  {
    what: 'authorizations were canceled',
    of: ['cancel'],
    times: ({ evidence }) => evidence.charges.filter(({ state }) => state === 'canceled').length,
  },
  {
    what: 'refunds succeeded',
    of: ['refund', 'refund in parts', 'refund to the last', 'refund changed'],
    times: ({ evidence }) => evidence.refunds.filter(({ state }) => state === 'succeeded').length,
  },
  {
    what: 'cards were declined',
    of: ['declined'],
    times: ({ exchanges }) => operations(exchanges.filter(({ answer }) => answer?.status === 402)),
  },
  {
    what: 'reads were answered',
    of: ['details', 'look closely', 'walk charges', 'walk refunds', 'walk balance transactions', 'balance'],
    times: ({ exchanges }) =>
      exchanges.filter(({ method, answer }) => method === 'GET' && answer?.status === 200).length,
  },
  {
    what: 'answers were replayed',
    of: ['asked again later', 'answer lost'],
    times: ({ exchanges }) => operations(exchanges.filter(({ answer }) => answer?.replayed)),
  },
  {
    what: 'forbidden requests were answered',
    of: ['tries another’s charge', 'tries another’s refund', 'hostile input', 'key used for something else'],
    times: ({ exchanges }) => exchanges.filter(({ forbidden, answer }) => forbidden && answer).length,
  },
];

/** Checks the minimum of activity, in proportion to the run's duration, clients and mix of stories (A16). */
export function enough(facts: Facts): Pick<PromiseResult, 'lines' | 'looked'> {
  const found = activities.map((each) => ({ ...each, least: leastOf(each, facts), times: each.times(facts) }));
  return {
    lines: found
      .filter(({ times, least }) => times < least)
      .map(({ what, times, least }) => `${times} ${what}, at least ${least} expected`),
    looked: found.map(({ what, times, least }) => `${grouped(times)} ${what} (least ${least})`).join(', '),
  };
}

function leastOf({ of, always }: ExpectedActivity, { traffic: { clients, mix }, durationMs }: Facts): number {
  const weights = Object.entries(mix);
  if (weights.length === 0) return 0;
  const whole = weights.reduce((sum, [, weight]) => sum + weight, 0);
  const leading = weights.reduce((sum, [name, weight]) => sum + (of.includes(name as StoryName) ? weight : 0), 0);
  const stories = (Math.min(clients, CLIENTS_COUNTED_MAX) * STORIES_PER_CLIENT_MINUTE * durationMs) / 60_000;
  return Math.max(always && leading > 0 ? 1 : 0, Math.floor((stories * SUCCEEDING_SHARE * leading) / whole));
}

const operations = (exchanges: readonly RecordedExchange[]): number => new Set(exchanges.map(operationOf)).size;
const succeeded = (exchange: RecordedExchange): boolean =>
  exchange.answer?.status === 200 && answerBody(exchange).status === 'succeeded';
