import { answerBody } from '#checker';
import { grouped } from '../html.js';
import type { RecordedExchange } from '../workload/exchange.js';
import type { PromiseResult } from './promise-result.js';
import type { RunFacts } from './run-facts.js';

/**
 * Forbidden requests that were granted (A14). For another account's object only `resource_missing` or an empty list is
 * allowed, so that the answer does not reveal that it exists. A hostile request must not succeed.
 */
export function granted({
  exchanges,
  unreadable,
}: Pick<RunFacts, 'exchanges' | 'unreadable'>): Pick<PromiseResult, 'lines' | 'looked'> {
  const foreign = exchanges.filter(({ forbidden }) => forbidden === 'foreign');
  const hostile = exchanges.filter(({ forbidden }) => forbidden === 'hostile');
  return {
    lines: [
      ...foreign
        .filter((exchange) => !isTemporary(exchange) && !revealsNothing(exchange))
        .map((exchange) => `${nameOf(exchange)} is for another’s object, and was answered ${answerOf(exchange)}`),
      ...hostile.filter(succeeds).map((each) => `${nameOf(each)} is hostile, and was answered ${answerOf(each)}`),
      ...unreadable
        .filter(({ status }) => status !== undefined && status < 300)
        .map(
          ({ number, sent, status, body = '' }) =>
            `request ${number} (${sent}) was answered ${status}: ${body.slice(0, 120)}`,
        ),
    ],
    looked: `${grouped(foreign.length)} requests for another’s object, ${grouped(hostile.length)} hostile requests, ${grouped(unreadable.length)} malformed requests`,
  };
}

const succeeds = ({ answer }: RecordedExchange): boolean => answer !== undefined && answer.status < 300;

function revealsNothing(exchange: RecordedExchange): boolean {
  const { object, data, has_more: hasMore, error } = answerBody(exchange);
  return error?.code === 'resource_missing' || (object === 'list' && data?.length === 0 && hasMore === false);
}

/** Shed, or not answered. */
const isTemporary = ({ answer }: RecordedExchange): boolean =>
  answer === undefined || answer.status >= 500 || answer.status === 429 || answer.status === 409;

const nameOf = ({ number, account, method, path }: RecordedExchange): string =>
  `request ${number} (${account}, ${method} ${path})`;
const answerOf = ({ answer }: RecordedExchange): string => `${answer?.status}: ${answer?.body.slice(0, 120)}`;
