import { answerBody } from '../answer-body.js';
import type { Evidence } from '../evidence.js';
import type { ApiExchange } from '../history.js';
import {
  apiStruck,
  bankSilent,
  declined,
  keyInUse,
  keyMisused,
  notProcessed,
  refundFailed,
  sagaStruck,
  tooMuch,
  type RefusalReason,
  type FailedCharge,
} from './explanations.js';
import { goodCardOf, isPlainlyWellFormed } from './good-card.js';
import { isCreate, isMovement, isRefund, EvidenceIndex, type GoodCharge } from './evidence-index.js';

/** A way in which a valid request may be refused, and the faults that explain it. */
interface Refusal {
  readonly what: string;
  readonly is: (exchange: ApiExchange) => boolean;
  readonly explanations: readonly RefusalReason<ApiExchange>[];
}

const status = ({ answer }: ApiExchange): number => answer?.status ?? 0;

/** The first match counts. Failed charges and refunds are checked by their rows, see below. */
const refusals: readonly Refusal[] = [
  { what: 'nothing was heard', is: ({ answer, hungUp }) => !answer && !hungUp, explanations: [apiStruck] },
  // The API's text for an unexpected error. A database outage has a text of its own.
  {
    what: 'the API failed by a mistake of its own',
    is: (exchange) => /went wrong on our side/.test(answerBody(exchange).error?.message ?? ''),
    explanations: [],
  },
  { what: 'the API failed', is: (exchange) => status(exchange) >= 500, explanations: [apiStruck] },
  { what: 'too much', is: (exchange) => status(exchange) === 429, explanations: tooMuch },
  { what: 'its key is in use', is: (exchange) => status(exchange) === 409, explanations: [keyInUse] },
  {
    what: 'still pending',
    // A replay was checked at its first answer.
    is: (exchange) => isMovement(exchange) && !exchange.answer?.replayed && isPending(exchange),
    explanations: [sagaStruck, bankSilent],
  },
  {
    what: 'a card that is good was refused before its bank was asked',
    is: (exchange) =>
      status(exchange) === 402 && isGoodCreate(exchange) && answerBody(exchange).error?.charge === undefined,
    explanations: [],
  },
  {
    what: 'not accepted, though it is well-formed',
    is: (exchange) => status(exchange) === 400 && isGoodCreate(exchange) && isPlainlyWellFormed(exchange),
    explanations: [keyMisused],
  },
];

function isPending(exchange: ApiExchange): boolean {
  const { status, captured } = answerBody(exchange);
  return status === 'pending' || (exchange.path.endsWith('/capture') && captured === false);
}

const isGoodCreate = (exchange: ApiExchange): boolean =>
  isCreate(exchange) && goodCardOf(exchange.parameters) !== undefined;

/**
 * A16: every refusal has a fault that explains it: of its bank, at that time and for its card, or of a part that every
 * request needs. @returns one line per unexplained refusal
 */
export function unexplainedRefusals(evidence: Evidence): string[] {
  if (evidence.exchanges.length === 0) return [];
  const situation = new EvidenceIndex(evidence);
  return [
    ...evidence.exchanges.flatMap((exchange) => ofExchange(exchange, situation)),
    ...[...situation.goodCharges.values()].flatMap((charge) => ofCharge(charge, situation)),
    ...evidence.refunds.flatMap((refund) => {
      if (refund.state !== 'failed') return [];
      const request = situation
        .aboutCharge(refund.chargeId)
        .find((exchange) => isRefund(exchange.path) && answerBody(exchange).id === refund.id);
      return isExplained(refundFailed, { refund, request }, situation)
        ? []
        : [`${refund.id} of ${refund.chargeId}: failed, which no fault explains`];
    }),
  ];
}

function ofExchange(exchange: ApiExchange, situation: EvidenceIndex): string[] {
  if (exchange.endedMs === Infinity) return [];
  const refusal = refusals.find(({ is }) => is(exchange));
  if (!refusal || isExplained(refusal.explanations, exchange, situation)) return [];
  const { account, method, path, key = 'no key' } = exchange;
  const { code, message } = answerBody(exchange).error ?? {};
  const said = code ?? message ?? `${status(exchange) || 'no answer'}`;
  return [`${account} ${method} ${path} (${key}): ${refusal.what} (${said}), which no fault explains`];
}

function ofCharge(charge: GoodCharge, situation: EvidenceIndex): string[] {
  if (situation.charges.get(charge.id)?.state !== 'failed') return [];
  const refused = situation.aboutCharge(charge.id).filter((exchange) => status(exchange) === 402);
  const untilMs = Math.min(Infinity, ...refused.map(({ endedMs }) => endedMs));
  const error = refused.map((exchange) => answerBody(exchange).error).find((each) => each?.code !== undefined);
  const failed: FailedCharge = { charge, fromMs: charge.sentMs, untilMs };
  // A bank may decline with `processing_error` too.
  const mayBeDeclined = isExplained(declined, failed, situation);
  const isNotDecline = error === undefined || error.decline_code === 'processing_error';
  if (mayBeDeclined || (isNotDecline && isExplained(notProcessed, failed, situation))) return [];
  return [`${charge.id}: failed (${error?.decline_code ?? 'no answer says why'}), which no fault explains`];
}

const isExplained = <Refused>(
  explanations: readonly RefusalReason<Refused>[],
  refused: Refused,
  situation: EvidenceIndex,
): boolean => explanations.some(({ holds }) => holds(refused, situation));
