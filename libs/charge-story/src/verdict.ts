import type { views } from '#contracts';
import type { Money } from '#money';
import type { ChargeFacts, GatewayFacts, LedgerFacts, PaymentsFacts } from './evidence.js';
import { told } from './evidence.js';
import { codeIn, money, moneyOf, plural, whyNotHeld, whyNotRefunded } from './words.js';

/** The state of a charge and its reason, in a sentence or two for a reader who does not know this system. */
export function verdictOf(evidence: ChargeFacts): string {
  const payments = told(evidence.payments);
  const gateway = told(evidence.gateway);
  const ledger = told(evidence.ledger);
  const main = mainOf(payments, gateway, ledger);
  const more = [
    ...(gateway ? strays(gateway) : []),
    ...(ledger ? suspense(ledger) : []),
    ...(gateway && ledger?.hold.compensatedBy ? ['What was captured after the charge had ended was refunded.'] : []),
  ];
  return [main, ...more].join(' ');
}

type Happened<Type extends views.ChargeEventView['type']> = Extract<views.ChargeEventView, { type: Type }>;
type Ending = Happened<'posted' | 'declined' | 'failed' | 'released'>;

const isEnding = (event: views.ChargeEventView): event is Ending =>
  event.type === 'posted' || event.type === 'declined' || event.type === 'failed' || event.type === 'released';

function mainOf(
  payments: PaymentsFacts | undefined,
  gateway: GatewayFacts | undefined,
  ledger: LedgerFacts | undefined,
): string {
  const ending = payments?.events.findLast(isEnding);
  const bank = gateway?.authorization.bank ?? ledger?.hold.bank ?? 'the bank';
  if (!payments) return `${withoutPayments(gateway, ledger)} What the merchant was told is not known here.`;
  switch (ending?.type) {
    case 'posted':
      return succeeded(payments, ending, gateway, bank);
    case 'declined':
      return `Failed: ${bank} declined the card${codeIn(ending.code)}; nothing was ever held.`;
    case 'failed':
      return failed(ending.reason, bank, gateway);
    case 'released':
      return released(ending, bank, gateway);
    case undefined:
    default:
      return payments.charge.state === 'authorized' ? authorized(payments, gateway, bank) : pending(gateway, ledger);
  }
}

function succeeded(
  { charge, events }: PaymentsFacts,
  posted: Happened<'posted'>,
  gateway: GatewayFacts | undefined,
  bank: string,
): string {
  const { amount: captured, fee } = posted;
  const part = charge.amount.amountMinor - captured.amountMinor;
  const left = money(captured.amountMinor - fee.amountMinor, captured.currency);
  const doubt = gateway?.operations.find(({ kind }) => kind === 'capture');
  const resolved = doubt && wasInDoubt(doubt) ? ` ${outOfDoubt(doubt)}` : '';
  const late = events.some(({ type }) => type === 'cancellation_refused')
    ? ' A cancellation came too late: the charge was already captured.'
    : '';
  const taken =
    part > 0 ? `${moneyOf(captured)} of ${moneyOf(charge.amount)} and released the rest` : moneyOf(captured);
  return `Succeeded: ${bank} captured ${taken}; ${left} are the merchant’s after the fee.${resolved}${late}${refunded(events, captured)}`;
}

const wasInDoubt = ({ attempts, inquiries }: views.OperationView): boolean =>
  inquiries > 0 || attempts.some(({ outcome }) => outcome === 'doubt' || outcome === 'not_found');

function outOfDoubt({ bank, inquiries }: views.OperationView): string {
  return inquiries > 0
    ? `The outcome of the capture was in doubt until ${bank} answered an inquiry; it was captured once.`
    : `The outcome of the capture was in doubt until ${bank} repeated its answer; it was captured once.`;
}

function refunded(events: PaymentsFacts['events'], captured: Money): string {
  const asked = events.filter((event) => event.type === 'refund_requested');
  if (asked.length === 0) return '';
  const endOf = (id: string) =>
    events.filter((event) => event.type === 'refund_ended').findLast(({ refundId }) => refundId === id)?.end;
  const done = asked.filter(({ refundId }) => endOf(refundId)?.type === 'posted');
  const total = done.reduce((sum, { amount }) => sum + amount.amountMinor, 0);
  const parts: string[] = [];
  if (done.length > 0) {
    const all = total === captured.amountMinor ? 'All of it was' : `${money(total, captured.currency)} of it were`;
    parts.push(`${all} refunded${done.length > 1 ? ` in ${done.length} refunds` : ''}.`);
  }
  for (const { refundId, amount } of asked) {
    const end = endOf(refundId);
    if (!end) parts.push(`A refund of ${moneyOf(amount)} is still under way.`);
    else if (end.type === 'released')
      parts.push(
        `A refund of ${moneyOf(amount)} failed, because the bank refused it${codeIn(end.code)}; that money is still the merchant’s.`,
      );
    else if (end.type === 'refused')
      parts.push(`A refund of ${moneyOf(amount)} was refused, because ${whyNotRefunded(end.reason)}.`);
  }
  return ` ${parts.join(' ')}`;
}

function failed(reason: string | undefined, bank: string, gateway: GatewayFacts | undefined): string {
  switch (reason) {
    case 'no_bank_available': {
      const brand = gateway?.authorization.card.brand;
      return `Failed: no bank ${brand ? `of ${brand} ` : ''}could be asked; nothing was ever held.`;
    }
    case 'reversed_out_of_doubt':
      return `Failed: ${bank} did not say whether it had authorized, so the authorization was reversed; nothing is held.`;
    case undefined:
    default: {
      const made = gateway?.operations.flatMap(({ attempts }) => attempts).length ?? 0;
      return `Failed: ${made > 0 ? `in ${plural(made, 'attempt')} ` : ''}no bank processed the authorization; nothing was ever held.`;
    }
  }
}

function released(
  { cause, holdRefusal, refusalCode }: Happened<'released'>,
  bank: string,
  gateway: GatewayFacts | undefined,
): string {
  const captures = gateway?.operations.filter(({ kind }) => kind === 'capture') ?? [];
  switch (cause) {
    case 'hold_refused':
      return `Failed: the ledger refused to hold the money, because ${whyNotHeld(holdRefusal)}, so the authorization was voided at ${bank}; nothing is held.`;
    case 'capture_failed':
      return `Failed: ${bank} refused the capture${codeIn(refusalCode)}, so the authorization was voided; nothing is held.`;
    case 'expired':
      return `Expired: it was not captured in time, so the authorization was voided at ${bank}; nothing is held.`;
    case 'canceled': {
      const lost = captures.length > 0 ? ' A capture had been requested and was not performed.' : '';
      return `Canceled: the merchant canceled the authorization before it was captured, and it was voided at ${bank}; nothing is held.${lost}`;
    }
  }
}

function authorized({ charge }: PaymentsFacts, gateway: GatewayFacts | undefined, bank: string): string {
  const live = gateway && waitingFor(gateway);
  if (live) return `Pending: the money is held; ${live}.`;
  const until = charge.expiresAt ? `, at the latest on ${dayOf(charge.expiresAt)}` : '';
  return `Authorized: ${moneyOf(charge.amount)} are held at ${bank}, until the merchant captures or cancels${until}.`;
}

const dayOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function pending(gateway: GatewayFacts | undefined, ledger: LedgerFacts | undefined): string {
  if (!gateway) return 'Pending: it has not ended, and the bank-gateway does not answer.';
  const live = waitingFor(gateway);
  if (live) return `Pending: ${live}.`;
  const { state, bank } = gateway.authorization;
  if (!ledger && state === 'authorized')
    return `Pending: ${bank} has set the money aside, and the ledger has not heard of it yet.`;
  if (state === 'authorized') return `Pending: the next event is on its way between the ledger and the bank-gateway.`;
  return 'Pending: the bank has finished, and its event is on its way to the ledger and to payments-api.';
}

function waitingFor({ operations }: GatewayFacts): string | undefined {
  const live = operations.find(({ phase }) => phase !== 'ended');
  if (!live) return undefined;
  const { bank, kind, doubtSince, needsAttention, phase } = live;
  const attention = needsAttention ? ', for so long that an operator should look' : '';
  if (phase === 'reversing') return `the bank-gateway is waiting for ${bank} to acknowledge a reversal${attention}`;
  if (doubtSince !== null)
    return `whether ${bank} performed the ${kind} is in doubt, and the bank-gateway is finding out${attention}`;
  return `the bank-gateway is waiting to get a ${kind} through to ${bank}${attention}`;
}

function strays({ operations }: GatewayFacts): string[] {
  return operations
    .filter(({ kind }) => kind === 'reversal')
    .map(({ bank, stray, end }) =>
      end
        ? `${bank} performed one ${stray?.movement} that was not requested; it was found in the bank’s statement and reversed.`
        : `${bank} performed one ${stray?.movement} that was not requested; it is being reversed.`,
    );
}

function suspense({ hold, transfers }: LedgerFacts): string[] {
  const suspended = transfers.find(({ effect }) => effect === 'unmatched_capture');
  const isOut = transfers.some(({ effect }) => effect === 'match' || effect === 'compensation');
  return suspended && !isOut
    ? [
        `${moneyOf(suspended.amount)} that ${hold.bank} captured after the charge had ended are in suspense until they are refunded.`,
      ]
    : [];
}

function withoutPayments(gateway: GatewayFacts | undefined, ledger: LedgerFacts | undefined): string {
  const parts = [
    gateway && `At the bank-gateway it is ${gateway.authorization.state}`,
    ledger && `in the ledger its hold is ${ledger.hold.state}`,
  ].filter(Boolean);
  return parts.length > 0 ? `${parts.join('; ')}.` : 'No service that knows it answers.';
}
