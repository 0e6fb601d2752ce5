import type { Currency } from '#money';
import type {
  ServiceReply,
  AttemptView,
  WhyJournalRecord,
  DifferenceFacts,
  ChargeFacts,
  GatewayView,
  KeyView,
  LedgerView,
  OperationView,
  PaymentsView,
  StreamEvent,
  TransferView,
} from '../evidence.js';

export const chargeId = 'ch_1';
export const account = 'acct_1';
export const began = Date.UTC(2026, 0, 15, 10, 30);
const currency: Currency = 'usd';
export const usd = (amountMinor: number) => ({ amountMinor, currency });

const told = <View>(view: View): ServiceReply<View> => ({ kind: 'told', view });
/** Milliseconds after the charge was asked for. */
export const after = (ms: number): number => began + ms;

type Charge = PaymentsView['charge'];
export function payments(
  state: Charge['state'],
  events: readonly (readonly [ms: number, type: string, data?: StreamEvent['data']])[],
  keys: readonly KeyView[] = [],
  more: { capture?: 'manual'; fault?: string; expires_at?: number } = {},
): ServiceReply<PaymentsView> {
  const { capture, fault = null, ...row } = more;
  const instrument = { card: { brand: 'visa', last4: '4242' }, fault };
  return told({
    charge: {
      account,
      state,
      amount_minor: 2000,
      currency,
      idempotency_key: 'order-1',
      opening: { instrument, ...(capture && { capture }) },
      ...row,
    },
    events: [[0, 'opened'] as const, ...events].map(([ms, type, data = {}], place) => ({
      version: place + 1,
      type,
      data,
      recorded_at: after(ms),
    })),
    keys,
  });
}

export function key(
  name: string,
  answeredMs: number | null,
  answer?: readonly [status: number, body: object],
): KeyView {
  return {
    key: name,
    endpoint: 'POST /v1/charges',
    requestId: `req_${name}`,
    answeredAt: answeredMs === null ? null : after(answeredMs),
    answer: answer ? { status: answer[0], body: JSON.stringify(answer[1]) } : null,
  };
}

export const declinedCard = {
  error: { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' },
};
export const theCharge = (status: string): object => ({ object: 'charge', status });

type Authorization = GatewayView['authorization'];
export function gateway(
  state: Authorization['state'],
  operations: readonly OperationView[],
  more: Partial<Authorization> = {},
  banks: GatewayView['banks'] & object = [],
): ServiceReply<GatewayView> {
  return told({
    authorization: {
      state,
      account,
      amount_minor: 2000,
      currency,
      capture: 'automatic',
      bank: 'alder',
      card: { brand: 'visa', last4: '4242' },
      fault: null,
      release_cause: null,
      detail: null,
      created_at: after(10),
      updated_at: after(10),
      ...more,
    },
    operations,
    banks,
  });
}

type Try = readonly [ms: number, outcome: AttemptView['outcome'], detail?: string | null, tookMs?: number];
export function operation(
  kind: OperationView['kind'],
  tries: readonly Try[],
  end: readonly [OperationView['end_kind'] & string, string] | null,
  more: Partial<OperationView> = {},
): OperationView {
  const bank = more.bank ?? 'alder';
  const reference = more.reference ?? (kind === 'authorize' ? `${chargeId}.authorize.${bank}` : `${chargeId}.${kind}`);
  return {
    reference,
    bank,
    kind,
    phase: end ? 'ended' : 'open',
    attempts: tries.map(([ms, outcome, detail = null, tookMs], place) => ({
      id: `${reference}.${place + 1}`,
      begunAt: after(ms),
      outcome,
      detail,
      ...(tookMs !== undefined && { tookMs }),
    })),
    inquiries: 0,
    reversals: 0,
    doubt_since: null,
    needs_attention: false,
    end_kind: end?.[0] ?? null,
    end_detail: end?.[1] ?? null,
    created_at: after(tries[0]?.[0] ?? 0),
    ...more,
  };
}
export const approved = operation('authorize', [[20, 'performed', null, 12]], ['succeeded', 'auth_1']);

type Hold = LedgerView['hold'];
export function ledger(
  state: Hold['state'],
  transfers: readonly TransferView[],
  more: Partial<Hold> = {},
  refunds?: LedgerView['refunds'],
): ServiceReply<LedgerView> {
  return told({
    hold: {
      state,
      bank: 'alder',
      posted_minor: null,
      fee_minor: null,
      refusal: null,
      cause: null,
      stray_minor: null,
      changed_at: after(0),
      ...more,
    },
    transfers,
    ...(refunds && { refunds }),
  });
}

export function transfer(
  ms: number,
  effect: string,
  cause: string,
  amount_minor = 2000,
  kind: TransferView['kind'] = 'single',
): TransferView {
  return {
    effect,
    kind,
    debit_account: 'bank_receivable:alder:usd',
    credit_account: `merchant:${account}:usd`,
    amount_minor,
    currency,
    cause,
    posted_at: after(ms),
  };
}
export const held = transfer(40, 'hold', 'ch_1.authorization_approved', 2000, 'pending');
export const fee = (ms: number): TransferView => transfer(ms, 'fee', 'ch_1.capture_succeeded', 88);

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

export function differenceAbout(bankId: string, foundMs: number, resolvedMs: number | null): DifferenceFacts {
  return {
    id: `alder.${bankId}.unknown_to_ledger`,
    kind: 'unknown_to_ledger',
    bank: 'alder',
    movement: 'capture',
    chargeId,
    bankId,
    amountMinor: 2000,
    currency,
    foundAt: after(foundMs),
    resolvedAt: resolvedMs === null ? null : after(resolvedMs),
  };
}

interface Parts extends Partial<Pick<ChargeFacts, 'payments' | 'gateway' | 'ledger'>> {
  /** Absent: the simulator is away. */
  readonly banks?: readonly WhyJournalRecord[];
  readonly differences?: readonly DifferenceFacts[];
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
    ...services,
  };
}
