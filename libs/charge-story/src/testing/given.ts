import type { views } from '#contracts';
import type { Currency } from '#money';
import type {
  ChargeFacts,
  GatewayFacts,
  LedgerFacts,
  PaymentsFacts,
  ServiceReply,
  WhyJournalRecord,
} from '../evidence.js';

export const chargeId = 'ch_1';
export const account = 'acct_1';
export const began = Date.UTC(2026, 0, 15, 10, 30);
const currency: Currency = 'usd';
export const usd = (amountMinor: number) => ({ amountMinor, currency });

const told = <View>(view: View): ServiceReply<View> => ({ kind: 'told', view });
/** Milliseconds after the charge was asked for. */
export const after = (ms: number): number => began + ms;

type Charge = PaymentsFacts['charge'];
type Happened<Event> = Event extends views.ChargeEventView ? Omit<Event, 'version' | 'recordedAt'> : never;

export function payments(
  state: Charge['state'],
  events: readonly (readonly [ms: number, event: Happened<views.ChargeEventView>])[],
  keys: readonly views.KeyView[] = [],
  more: Partial<Charge> = {},
): ServiceReply<PaymentsFacts> {
  return told({
    charge: {
      id: chargeId,
      account,
      state,
      amount: usd(2000),
      capture: 'automatic',
      card: { brand: 'visa', last4: '4242' },
      fault: null,
      key: 'order-1',
      createdAt: after(0),
      expiresAt: null,
      awaiting: state === 'requested',
      ...more,
    },
    events: [[0, { type: 'opened' }] as const, ...events].map(([ms, event], place) => ({
      version: place + 1,
      recordedAt: after(ms),
      ...event,
    })),
    keys,
  });
}

export function key(
  name: string,
  answeredMs: number | null,
  answer?: readonly [status: number, body: object],
): views.KeyView {
  return {
    account,
    key: name,
    endpoint: 'POST /v1/charges',
    requestId: `req_${name}`,
    chargeId,
    claimedAt: after(0),
    answer:
      answer && answeredMs !== null
        ? { status: answer[0], body: JSON.stringify(answer[1]), answeredAt: after(answeredMs) }
        : null,
  };
}

export const declinedCard = {
  error: { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' },
};
export const theCharge = (status: string): object => ({ object: 'charge', status });

type Authorization = GatewayFacts['authorization'];
export function gateway(
  state: Authorization['state'],
  operations: readonly views.OperationView[],
  more: Partial<Authorization> = {},
  banks: readonly views.BankStateView[] = [],
): ServiceReply<GatewayFacts> {
  return told({
    authorization: {
      state,
      account,
      amount: usd(2000),
      capture: 'automatic',
      bank: 'alder',
      card: { brand: 'visa', last4: '4242' },
      fault: null,
      releaseCause: null,
      detail: null,
      cancellation: null,
      createdAt: after(10),
      updatedAt: after(10),
      ...more,
    },
    operations: [...operations],
    banks,
  });
}

export const bankOf = (
  name: views.BankStateView['name'],
  ...networks: readonly views.BankStateView['networks'][number][]
): views.BankStateView => ({
  name,
  networks,
  breakers: { movements: 'closed' },
  freeSlots: 8,
  isolated: { callers: 0, freeSlots: 8 },
  timeKnown: true,
});

type Try = readonly [ms: number, outcome: views.AttemptView['outcome'], detail?: string | null, tookMs?: number];
type End = NonNullable<views.OperationView['end']>;
export function operation(
  kind: views.OperationView['kind'],
  tries: readonly Try[],
  end: readonly [End['kind'], string] | null,
  more: Partial<views.OperationView> = {},
): views.OperationView {
  const bank = more.bank ?? 'alder';
  const reference = more.reference ?? (kind === 'authorize' ? `${chargeId}.authorize.${bank}` : `${chargeId}.${kind}`);
  return {
    reference,
    bank,
    kind,
    phase: end ? 'ended' : 'open',
    amount: usd(2000),
    attempts: tries.map(([ms, outcome, detail = null, tookMs = null], place) => ({
      id: `${reference}.${place + 1}`,
      begunAt: after(ms),
      outcome,
      detail,
      tookMs,
    })),
    inquiries: 0,
    reversals: 0,
    doubtSince: null,
    needsAttention: false,
    end: end && { kind: end[0], detail: end[1] },
    stray: null,
    createdAt: after(tries[0]?.[0] ?? 0),
    ...more,
  };
}
export const approved = operation('authorize', [[20, 'performed', null, 12]], ['succeeded', 'auth_1']);

type Hold = LedgerFacts['hold'];
export function ledger(
  state: Hold['state'],
  transfers: readonly views.TransferView[],
  more: Partial<Hold> = {},
  refunds: LedgerFacts['refunds'] = [],
): ServiceReply<LedgerFacts> {
  return told({
    hold: {
      state,
      account,
      bank: 'alder',
      amount: usd(2000),
      capture: 'automatic',
      posted: null,
      fee: null,
      refusal: null,
      cause: null,
      refusalCode: null,
      stray: null,
      compensatedBy: null,
      changedAt: after(0),
      ...more,
    },
    transfers: [...transfers],
    refunds,
    differences: [],
  });
}

export function transfer(
  ms: number,
  effect: string,
  cause: string,
  amountMinor = 2000,
  kind: views.TransferView['kind'] = 'single',
): views.TransferView {
  return {
    effect,
    kind,
    debitAccount: 'bank_receivable:alder:usd',
    creditAccount: `merchant:${account}:usd`,
    amount: usd(amountMinor),
    cause,
    postedAt: after(ms),
    bankId: null,
  };
}
export const held = transfer(40, 'hold', 'ch_1.authorization_approved', 2000, 'pending');
export const fee = (ms: number): views.TransferView => transfer(ms, 'fee', 'ch_1.capture_succeeded', 88);

type Entry = Extract<WhyJournalRecord, { type: 'entry' }>;
export function entry(
  ms: number,
  kind: Entry['kind'],
  bankId: string,
  more: Partial<Entry> & { attempt: string; seq?: number },
): WhyJournalRecord {
  const { attempt, ...rest } = more;
  return {
    type: 'entry',
    bank: 'alder',
    seq: ms + 1,
    bankId,
    kind,
    reference: attempt.replace(/\.\d+$/, ''),
    account,
    chargeId,
    amountMinor: 2000,
    currency,
    at: after(ms),
    attemptId: attempt,
    ...rest,
  };
}

export function request(
  ms: number,
  operation: 'authorize' | 'capture' | 'inquire' | 'reverse',
  attemptId: string,
): WhyJournalRecord {
  return { type: 'request', bank: 'alder', at: after(ms), operation, chargeId, attemptId };
}

export function differenceAbout(bankId: string, foundMs: number, resolvedMs: number | null): views.DifferenceView {
  return {
    id: `alder.${bankId}.unknown_to_ledger`,
    kind: 'unknown_to_ledger',
    bank: 'alder',
    movement: 'capture',
    chargeId,
    bankId,
    amount: usd(2000),
    foundAt: after(foundMs),
    resolvedAt: resolvedMs === null ? null : after(resolvedMs),
    resolution: null,
  };
}

interface Parts extends Partial<Pick<ChargeFacts, 'payments' | 'gateway' | 'ledger'>> {
  /** Absent: the simulator is away. */
  readonly banks?: readonly WhyJournalRecord[];
  readonly differences?: readonly views.DifferenceView[];
}

const away: ServiceReply<never> = { kind: 'away', because: 'nothing listens at http://localhost:3010' };
/** Who is not given was asked, and has not heard of the charge. */
export function evidence({ banks, differences, ledger, ...services }: Parts): ChargeFacts {
  const unknown: ServiceReply<never> = { kind: 'unknown' };
  return {
    chargeId,
    payments: unknown,
    gateway: unknown,
    ledger: ledger?.kind === 'told' && differences ? told({ ...ledger.view, differences }) : (ledger ?? unknown),
    banks: banks ? told(banks) : away,
    unreadable: [],
    ...services,
  };
}
