import type { bankProtocol } from '#contracts';
import { cardOf } from '../books/card.js';
import { errorReply, type BankReply } from '../books/decision.js';
import type { BankExchange } from '../faults/exchange.js';
import type { FaultRules, FaultStrike } from '../faults/fault-rules.js';
import { inflict } from '../faults/inflict.js';
import type { OpenBank } from './open-bank.js';
import { readRequest } from './route.js';

/** One HTTP request of the protocol with its complete body. */
export interface RequestOnWire {
  readonly method: string;
  readonly target: string;
  readonly body: string;
  readonly sender: Pick<bankProtocol.RequestRecord, 'instanceId' | 'attemptId' | 'traceparent'>;
}

/** A request that the bank can read and has written down, and the fault that strikes it. */
export interface AcceptedRequest {
  readonly request: bankProtocol.BankRequest;
  readonly attemptId: string | undefined;
  readonly strike: FaultStrike | undefined;
}

/** Reads a request, draws its fault and notes it in the journal; a request that cannot be read is only refused. */
export function receiveRequest(
  name: bankProtocol.BankName,
  bank: OpenBank,
  rules: FaultRules,
  { method, target, body, sender }: RequestOnWire,
): AcceptedRequest | { readonly refusal: BankReply } {
  const request = readRequest(method, target, body);
  if ('invalid' in request)
    return { refusal: errorReply(request.status, 'invalid_request', request.invalid, bank.now()) };
  const strike = rules.strike({
    bank: name,
    operation: request.kind,
    card: cardOf(bank.books, request),
    ...(request.kind !== 'statement' && {
      account: request.account,
      chargeId: request.chargeId,
      token: request.fault,
    }),
  });
  bank.note({
    type: 'request',
    at: bank.now(),
    operation: request.kind,
    ...('reference' in request && { reference: request.reference }),
    ...('validUntil' in request && { validUntil: request.validUntil }),
    ...('account' in request && { account: request.account, chargeId: request.chargeId }),
    ...('fault' in request && request.fault !== undefined && { token: request.fault }),
    ...sender,
    ...(strike && { fault: { name: strike.fault, by: strike.by } }),
  });
  return { request, attemptId: sender.attemptId, strike };
}

/** Decides and answers, with the fault's changes. */
export async function answerRequest(strike: FaultStrike | undefined, exchange: BankExchange): Promise<void> {
  if (strike) return inflict(strike, exchange);
  exchange.send(await exchange.deliver());
}
