import { answerBody } from '#checker';
import { grouped } from '../html.js';
import type { RecordedExchange } from '../workload/exchange.js';
import type { PromiseResult } from './promise-result.js';
import type { RunFacts } from './run-facts.js';

/**
 * What must not be granted (A14). A stranger is told that there is no such object, or is shown an empty list, so it cannot
 * even learn that there is one; what is hostile is told anything but a success.
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
        .filter((exchange) => !isForNow(exchange) && !saysNothing(exchange))
        .map((exchange) => `${who(exchange)} asks for another’s object, and was answered ${told(exchange)}`),
      ...hostile.filter(succeeds).map((exchange) => `${who(exchange)} is hostile, and was answered ${told(exchange)}`),
      ...unreadable
        .filter(({ status }) => status !== undefined && status < 300)
        .map(
          ({ number, sent, status, body = '' }) =>
            `request ${number} (${sent}) was answered ${status}: ${body.slice(0, 120)}`,
        ),
    ],
    looked: `${grouped(foreign.length)} attempts by strangers, ${grouped(hostile.length)} hostile requests, ${grouped(unreadable.length)} that cannot be read`,
  };
}

const succeeds = ({ answer }: RecordedExchange): boolean => answer !== undefined && answer.status < 300;

function saysNothing(exchange: RecordedExchange): boolean {
  const { object, data, has_more: hasMore, error } = answerBody(exchange);
  return error?.code === 'resource_missing' || (object === 'list' && data?.length === 0 && hasMore === false);
}

/** It was shed, or not answered. */
const isForNow = ({ answer }: RecordedExchange): boolean =>
  answer === undefined || answer.status >= 500 || answer.status === 429 || answer.status === 409;

const who = ({ number, account, method, path }: RecordedExchange): string =>
  `request ${number} (${account}, ${method} ${path})`;
const told = ({ answer }: RecordedExchange): string => `${answer?.status}: ${answer?.body.slice(0, 120)}`;
