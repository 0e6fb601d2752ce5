import { answerBody } from '../answer-body.js';
import type { ReceivedRequest, RefundEvidence } from '../evidence.js';
import type { FaultStretch } from '../faults.js';
import type { ApiExchange } from '../history.js';
import { isCreate, type GoodCharge, type EvidenceIndex } from './evidence-index.js';

/** An explanation of the refusal of a valid request. */
export interface RefusalReason<Refused> {
  readonly why: string;
  readonly holds: (refused: Refused, situation: EvidenceIndex) => boolean;
}

/** A failed charge, and the time range in which it may have failed. */
export interface FailedCharge {
  readonly charge: GoodCharge;
  readonly fromMs: number;
  /** Infinity without an answer, since it may have failed at any time. */
  readonly untilMs: number;
}

/** How long a fault has effects after its end: Kafka sessions and leases expire after 10 s, lost events are resent in 15 s. */
const FELT_AFTER_MS = 20_000;
/** Time within which the API answers again after its database is back. It needs no other service to answer. */
const API_RECOVERS_WITHIN_MS = 5_000;
/** Clock tolerance: a request sent this shortly before SIGTERM may have arrived after the door closed. */
const ON_ITS_WAY_MS = 500;
/** Attempts of an authorization that is not processed, before its charge fails. */
const ATTEMPTS_MAX = 6;
/** An authorization in doubt is reversed after this time. */
const REVERSED_AFTER_MS = 60_000;

const processFaults = new Set<string>(['killed', 'frozen', 'terminated', 'slow_start', 'clock_step']);
const databaseFaults = new Set<string>(['database_away', 'commit_lost']);
const kafkaFaults = new Set<string>(['kafka_away', 'event_lost', 'rebalance', 'poison']);
/** Faults that leave an attempt in doubt, so that no other bank may be tried. */
const doubtful = new Set<string>([
  'latency',
  'slow_drip',
  'hang',
  'error',
  'cut',
  'malformed',
  'drop_before',
  'drop_after',
  'late',
  'outage',
  'decline_after_timeout',
]);
const notProcessing = new Set<string>(['not_processed', 'rate_limited']);
/** Faults by which the bank refuses definitely. */
const refusing = new Set<string>(['refuse', 'decline_after_timeout']);
/** Faults by which the bank rejects the request as malformed, which is definite too. */
const unreadable = new Set<string>(['reject']);

const overlaps = (stretch: FaultStretch, { sentMs, endedMs }: ApiExchange, afterMs: number): boolean =>
  stretch.fromMs <= endedMs && stretch.untilMs + afterMs >= sentMs;

const isOf = (stretch: FaultStretch, service: string): boolean =>
  stretch.at.service === service || (stretch.at.service === undefined && stretch.at.bank === undefined);

/** For requests without an answer, or refused before anything was stored. */
export const apiStruck: RefusalReason<ApiExchange> = {
  why: 'an instance of payments-api, or its database, was struck: without both, no request is answered',
  holds: (exchange, { faults }) =>
    faults.some(
      (stretch) =>
        (processFaults.has(stretch.kind) || databaseFaults.has(stretch.kind)) &&
        isOf(stretch, 'payments-api') &&
        overlaps(stretch, exchange, API_RECOVERS_WITHIN_MS) &&
        (stretch.kind !== 'terminated' || isTurnedAway(exchange, stretch)),
    ),
};

/** After SIGTERM a service answers the requests in progress, and may refuse later ones with 503 or no answer. */
const isTurnedAway = ({ sentMs, answer }: ApiExchange, { fromMs }: FaultStretch): boolean =>
  sentMs >= fromMs - ON_ITS_WAY_MS && (answer === undefined || answer.status === 503);

/** For charges that are `pending` after ten seconds. */
export const sagaStruck: RefusalReason<ApiExchange> = {
  why: 'a service, its database or Kafka was struck: the saga of a charge passes all of them',
  holds: (exchange, situation) =>
    situation.faults.some(
      (stretch) =>
        (processFaults.has(stretch.kind) || databaseFaults.has(stretch.kind) || kafkaFaults.has(stretch.kind)) &&
        (stretch.charge === undefined || stretch.charge === situation.chargeIn(exchange)) &&
        stretch.at.bank === undefined &&
        overlaps(stretch, exchange, FELT_AFTER_MS),
    ),
};

export const bankSilent: RefusalReason<ApiExchange> = {
  why: 'its bank was struck on requests of this very charge, or could not be reached: a capture or void waits for it',
  holds: (exchange, situation) => {
    const id = situation.chargeIn(exchange);
    const charge = id === undefined ? undefined : situation.goodCharges.get(id);
    if (!charge) return true;
    const { sentMs, endedMs } = exchange;
    return (
      situation.banks.requestsOf(charge.id).some((request) => isStruck(request, situation) && request.at <= endedMs) ||
      situation.banksOf(charge).some(({ name }) => situation.mayBeRefusedAt(name, charge, sentMs, endedMs))
    );
  },
};

const isStruck = (request: ReceivedRequest, situation: EvidenceIndex): boolean =>
  request.fault !== undefined || situation.banks.isInterrupted(request);

function struckBy(faults: ReadonlySet<string>, operation: string): RefusalReason<FailedCharge>['holds'] {
  return ({ charge, untilMs }, { banks }) =>
    banks
      .requestsOf(charge.id)
      .some(
        (request) => request.operation === operation && request.at <= untilMs && faults.has(request.fault?.name ?? ''),
      );
}

/** For a 402 by which the issuer declined. */
export const declined: readonly RefusalReason<FailedCharge>[] = [
  { why: 'its bank was told to refuse the authorization of this charge', holds: struckBy(refusing, 'authorize') },
  { why: 'its bank was told to refuse the capture of this charge', holds: struckBy(refusing, 'capture') },
];

/** For a 402 with `processing_error`. */
export const notProcessed: readonly RefusalReason<FailedCharge>[] = [
  { why: 'its bank could not read the authorization of this charge', holds: struckBy(unreadable, 'authorize') },
  { why: 'its bank could not read the capture of this charge', holds: struckBy(unreadable, 'capture') },
  {
    why: 'its bank left the authorization of this charge in doubt; then its breaker was open, tries were used up, or a minute passed',
    holds: (failed, situation) =>
      situation
        .banksOf(failed.charge)
        .some(
          ({ name }) =>
            wasDoubted(name, failed, situation) &&
            (gaveUpAt(name, failed, situation) || isUnresolvedAt(name, failed, situation)),
        ),
  },
  {
    why: 'no bank of the card’s network would have it: each was struck on this charge again and again, or had a breaker open after its own failures',
    holds: (failed, situation) =>
      situation.banksOf(failed.charge).every(({ name }) => gaveUpAt(name, failed, situation)),
  },
];

const authorizesAt = (
  bank: string,
  { charge, untilMs }: FailedCharge,
  { banks }: EvidenceIndex,
): readonly ReceivedRequest[] =>
  banks
    .requestsOf(charge.id)
    .filter((request) => request.bank === bank && request.operation === 'authorize' && request.at <= untilMs);

const isDoubted = (request: ReceivedRequest, { banks }: EvidenceIndex): boolean =>
  doubtful.has(request.fault?.name ?? '') || banks.isInterrupted(request);

/** A gateway struck between `begun` and the answer leaves a doubt, as does one that misses the commit of `begun`. */
function wasDoubted(bank: string, failed: FailedCharge, situation: EvidenceIndex): boolean {
  if (authorizesAt(bank, failed, situation).some((request) => isDoubted(request, situation))) return true;
  return situation.faults.some(
    (stretch) =>
      (processFaults.has(stretch.kind) || databaseFaults.has(stretch.kind)) &&
      stretch.at.service === 'bank-gateway' &&
      stretch.fromMs <= failed.untilMs &&
      stretch.untilMs >= failed.fromMs,
  );
}

/** Whether inquiries got no definite answer for a minute. The attempt itself need not have reached the bank. */
function isUnresolvedAt(bank: string, { charge, untilMs }: FailedCharge, situation: EvidenceIndex): boolean {
  const asked = situation.banks
    .requestsOf(charge.id)
    .find((request) => request.bank === bank && request.operation === 'inquire' && isStruck(request, situation));
  return asked !== undefined && untilMs - asked.at >= REVERSED_AFTER_MS;
}

function gaveUpAt(bank: string, failed: FailedCharge, situation: EvidenceIndex): boolean {
  const { charge, fromMs, untilMs } = failed;
  if (situation.mayBeRefusedAt(bank, charge, fromMs, untilMs)) return true;
  const authorizes = authorizesAt(bank, failed, situation);
  const doubted = authorizes.filter((request) => isDoubted(request, situation));
  const refused = authorizes.filter(({ fault }) => notProcessing.has(fault?.name ?? ''));
  const firstMs = doubted[0]?.at;
  return (
    doubted.length + refused.length >= ATTEMPTS_MAX || (firstMs !== undefined && untilMs - firstMs >= REVERSED_AFTER_MS)
  );
}

/** A failed refund, and its request if known. */
export interface FailedRefund {
  readonly refund: RefundEvidence;
  readonly request: ApiExchange | undefined;
}

/** The default overdraft, and the most by which the fee of one charge can exceed its amount. */
const OVERDRAFT_MINOR = 1_000_000;
const FEE_BEYOND_AMOUNT_MINOR = 500;

export const refundFailed: readonly RefusalReason<FailedRefund>[] = [
  {
    why: 'its bank was told to refuse this refund, or could not read it',
    holds: ({ refund }, { banks }) =>
      banks
        .requestsOf(refund.chargeId)
        .some(
          ({ reference = '', fault }) =>
            reference.endsWith(`.refund.${refund.id}`) &&
            (refusing.has(fault?.name ?? '') || unreadable.has(fault?.name ?? '')),
        ),
  },
  {
    why: 'it was to cancel a charge that failed',
    holds: ({ refund }, { charges }) => charges.get(refund.chargeId)?.state === 'failed',
  },
  {
    why: 'it was to cancel a charge that its merchant captured at the same time',
    holds: ({ refund, request }, situation) => {
      const captures = situation.aboutCharge(refund.chargeId).filter(({ path }) => path.endsWith('/capture'));
      if (!request) return captures.length > 0;
      const sentMs = situation.firstSentMs(request);
      const wasCaptured = captures.some((capture) => capture.endedMs < sentMs && answerBody(capture).captured === true);
      return !wasCaptured && captures.some((capture) => capture.sentMs <= request.endedMs);
    },
  },
  {
    why: 'the account has asked for so many refunds that its balance may not have sufficed',
    holds: ({ refund }, { refunds, charges }) => {
      const currency = charges.get(refund.chargeId)?.currency;
      const ofAccount = refunds.filter(
        ({ account, chargeId }) => account === refund.account && charges.get(chargeId)?.currency === currency,
      );
      const askedMinor = ofAccount.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
      return askedMinor + charges.size * FEE_BEYOND_AMOUNT_MINOR > OVERDRAFT_MINOR;
    },
  },
];

/** Concurrent requests that every account is guaranteed. */
const OF_ONE_ACCOUNT_ALWAYS = 2;
/** Requests in progress that a card network may always have. Source: the README of payments-api. */
const OF_ONE_NETWORK_ALWAYS = 16;
/** Longest time that a charge counts as unsettled: until its reversal, plus two updates of admission control. */
const UNSETTLED_FOR_MS = 120_000;

/** For a 429: the limit that it names must have been reached, by the account that it names. */
export const tooMuch: readonly RefusalReason<ApiExchange>[] = [
  {
    why: 'another request works on the same charge',
    holds: (exchange, situation) => {
      const id = situation.chargeIn(exchange);
      if (answerBody(exchange).error?.code !== 'lock_timeout' || id === undefined) return false;
      return situation
        .aboutCharge(id)
        .some((other) => other !== exchange && other.method === 'POST' && other.sentMs <= exchange.endedMs);
    },
  },
  {
    why: 'requests of this very account were under way, more than it may have while others ask as well',
    holds: (exchange, situation) =>
      says(exchange, /of this account arrive/) &&
      situation.besides(exchange, exchange.account) >= OF_ONE_ACCOUNT_ALWAYS,
  },
  {
    why: 'requests of all accounts together were under way, more than wait for their commit at once',
    holds: (exchange, situation) =>
      says(exchange, /^Too many requests arrive/) && situation.besides(exchange) >= situation.admits.uncommitted,
  },
  {
    why: 'more requests were in progress than a network may always have, and of this account its fair share',
    holds: (exchange, situation) => {
      if (!says(exchange, /^More (requests|charges of this card network) arrive/)) return false;
      const others = situation.besides(exchange);
      const own = situation.besides(exchange, exchange.account);
      return others >= OF_ONE_NETWORK_ALWAYS && own + 1 > OF_ONE_NETWORK_ALWAYS / (others - own + 1);
    },
  },
  {
    why: 'so many charges were asked for, of that account or of all, that as many may have been unsettled as may be',
    holds: (exchange, situation) => {
      if (!says(exchange, /^Too many charges/)) return false;
      const isOfAccount = says(exchange, /of this account/);
      const asked = situation
        .sentWithin(exchange.sentMs - UNSETTLED_FOR_MS, exchange.endedMs)
        .filter((other) => isCreate(other) && (!isOfAccount || other.account === exchange.account));
      return asked.length >= situation.admits.unsettled;
    },
  },
];

const says = (exchange: ApiExchange, text: RegExp): boolean =>
  answerBody(exchange).error?.code === 'rate_limit' && text.test(answerBody(exchange).error?.message ?? '');

/** For a 409: the first request under the key was in progress, or has no answer and may have been. */
export const keyInUse: RefusalReason<ApiExchange> = {
  why: 'another request under the same key was under way, or was never answered',
  holds: (exchange, situation) =>
    situation
      .underKey(exchange)
      .some(
        (other) =>
          other !== exchange &&
          other.sentMs <= exchange.endedMs &&
          (other.endedMs >= exchange.sentMs || !other.answer || other.answer.status >= 500),
      ),
};

/** For a 400 of type `idempotency_error`. */
export const keyMisused: RefusalReason<ApiExchange> = {
  why: 'the key was used for another request before',
  holds: (exchange, situation) =>
    answerBody(exchange).error?.type === 'idempotency_error' &&
    situation
      .underKey(exchange)
      .some(
        (other) =>
          other.sentMs <= exchange.endedMs &&
          (other.path !== exchange.path || JSON.stringify(other.parameters) !== JSON.stringify(exchange.parameters)),
      ),
};
