import type {
  BalanceTransactionRow,
  ChargeEvidence,
  BankEntry,
  Evidence,
  RefundEvidence,
  TransferRow,
} from '../../evidence.js';
import type { ApiExchange } from '../../history.js';
import { documentedCharge, documentedRefund } from './documented-objects.js';

type Parameters = Readonly<Record<string, string>>;

interface Options {
  readonly account?: string;
  readonly key?: string | undefined;
  readonly parameters?: Parameters;
  /** The answer is lost. */
  readonly unheard?: boolean;
}

const good = { tok_visa: ['visa', '4242'], tok_amex: ['amex', '0005'] } as const;
/** Of each of its currencies. */
const LEAST_MINOR = 50;
const DAY_MS = 24 * 60 * 60 * 1_000;
const BEGINNING_MS = Date.UTC(2026, 0, 1);

/** A small, sequential, correct API with ledger and bank. It produces correct evidence, one request per ten milliseconds. */
export class SmallApi {
  readonly exchanges: ApiExchange[] = [];
  readonly #charges: ChargeEvidence[] = [];
  readonly #refunds: RefundEvidence[] = [];
  readonly #kept = new Map<string, NonNullable<ApiExchange['answer']>>();
  #nowMs = BEGINNING_MS;

  /** Advances the time of the API and its clients. */
  wait(ms: number): void {
    this.#nowMs += ms;
  }

  create(key: string, parameters: Parameters = {}, options: Options = {}): string {
    const asked = { amount: '1000', currency: 'usd', source: 'tok_visa', ...parameters };
    return this.#post('/v1/charges', asked, { key, ...options }, () => this.#open(asked, key, options.account));
  }

  capture(key: string, id: string, parameters: Parameters = {}, options: Options = {}): string {
    return this.#post(`/v1/charges/${id}/capture`, parameters, { key, ...options }, () => {
      const row = this.#own(id, options.account);
      if (!row) return missing(id);
      if (row.state === 'succeeded') return refusal('charge_already_captured');
      if (row.state === 'canceled') return refusal('charge_already_refunded');
      const amountMinor = Number(parameters['amount'] ?? row.amountMinor);
      if (amountMinor > row.amountMinor) return refusal('amount_too_large', 'amount');
      if (amountMinor < LEAST_MINOR) return refusal('amount_too_small', 'amount');
      if (amountMinor < row.amountMinor) this.#refundRest(row, row.amountMinor - amountMinor);
      return this.#charge(this.#change(row, { state: 'succeeded', capturedMinor: amountMinor, captureKey: key }));
    });
  }

  /** What a capture leaves is a refund that no request asks for. */
  #refundRest({ id: chargeId, account }: ChargeEvidence, amountMinor: number): void {
    const given = { state: 'succeeded', createdMs: this.#nowMs, key: null, reason: null, cancels: true } as const;
    this.#refunds.push({ id: `re_${chargeId.slice(3)}`, chargeId, account, amountMinor, metadata: {}, ...given });
  }

  refund(key: string, id: string, parameters: Parameters = {}, options: Options = {}): string {
    return this.#post('/v1/refunds', { charge: id, ...parameters }, { key, ...options }, () => {
      const row = this.#own(id, options.account);
      if (!row) return missing(id);
      const cancels = row.state === 'authorized';
      const left = cancels ? row.amountMinor : (row.capturedMinor ?? 0) - this.#refundedMinor(id);
      if (left === 0) return refusal('charge_already_refunded');
      const amountMinor = Number(parameters['amount'] ?? left);
      if (amountMinor > left || (cancels && amountMinor < left)) return refusal(undefined, 'amount');
      if (cancels) this.#change(row, { state: 'canceled', cause: 'canceled' });
      const refund: RefundEvidence = {
        id: `re_r${this.#refunds.length + 1}`,
        chargeId: id,
        account: row.account,
        state: 'succeeded',
        amountMinor,
        createdMs: this.#nowMs,
        key,
        reason: parameters['reason'] ?? null,
        cancels,
        metadata: {},
      };
      this.#refunds.push(refund);
      return { status: 200, body: refundObject(refund, row) };
    });
  }

  update(key: string, id: string, parameters: Parameters, options: Options = {}): string {
    return this.#post(`/v1/charges/${id}`, parameters, { key, ...options }, () => {
      const row = this.#own(id, options.account);
      if (!row) return missing(id);
      const { description = row.description } = parameters;
      return this.#charge(this.#change(row, { description, metadata: { ...row.metadata, ...metadataIn(parameters) } }));
    });
  }

  read(id: string): void {
    const row = this.#own(id)!;
    this.#record({ method: 'GET', path: `/v1/charges/${id}`, parameters: {} }, this.#charge(row), {});
  }

  evidence(): Evidence {
    const captured = this.#charges.filter(({ state }) => state === 'succeeded');
    const refunded = this.#refunds.filter(({ cancels }) => !cancels);
    return {
      history: [],
      exchanges: this.exchanges,
      faults: [],
      charges: this.#charges,
      refunds: this.#refunds,
      balanceTransactions: [
        ...captured.map((row) => movement(row, row.id, 'charge', row.capturedMinor!, feeOf(row))),
        ...refunded.map((refund) => movement(this.#own(refund.chargeId)!, refund.id, 'refund', -refund.amountMinor, 0)),
      ],
      holds: [],
      transfers: [
        ...captured.flatMap((row) => [
          transfer(row, 'capture', receivable(row), merchant(row), row.capturedMinor!),
          transfer(row, 'fee', merchant(row), `fees:${row.currency}`, feeOf(row)),
        ]),
        ...refunded.map(({ id, chargeId, amountMinor }) => {
          const row = this.#own(chargeId)!;
          return transfer(row, `refund:${id}`, merchant(row), receivable(row), amountMinor);
        }),
      ],
      entries: [
        ...this.#charges.flatMap((row) =>
          row.state === 'failed' ? [] : [entry(row, 'authorization', row.amountMinor)],
        ),
        ...captured.map((row) => entry(row, 'capture', row.capturedMinor!)),
        ...refunded.map(({ chargeId, amountMinor }) => entry(this.#own(chargeId)!, 'refund', amountMinor)),
      ],
      requests: [],
      unanswered: [],
      unsent: 0,
      parked: 0,
    };
  }

  #open(asked: Parameters, key: string, account = 'acct_1'): Reply {
    const card = good[asked['source'] as keyof typeof good] as readonly [string, string] | undefined;
    const [brand, last4] = card ?? ['visa', '9987'];
    const isManual = asked['capture'] === 'false';
    const row: ChargeEvidence = {
      id: `ch_${this.#charges.length + 1}`,
      account,
      state: card ? (isManual ? 'authorized' : 'succeeded') : 'failed',
      awaiting: false,
      amountMinor: Number(asked['amount']),
      capturedMinor: card && !isManual ? Number(asked['amount']) : null,
      currency: asked['currency']!,
      createdMs: this.#nowMs,
      key,
      capture: isManual ? 'manual' : 'automatic',
      captureKey: null,
      cause: null,
      brand,
      last4,
      fault: null,
      description: asked['description'] ?? null,
      metadata: metadataIn(asked),
      receiptEmail: null,
      transferGroup: null,
      version: 1,
      events: 1,
    };
    this.#charges.push(row);
    if (card) return this.#charge(row);
    const declined = {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'lost_card',
      message: 'Your card was declined.',
      charge: row.id,
    };
    return { status: 402, body: { error: declined }, id: row.id };
  }

  #own(id: string, account = 'acct_1'): ChargeEvidence | undefined {
    return this.#charges.find((row) => row.id === id && (row.account === account || account === 'acct_1'));
  }

  #change(row: ChargeEvidence, changes: Partial<ChargeEvidence>): ChargeEvidence {
    return (this.#charges[this.#charges.indexOf(row)] = { ...row, ...changes });
  }

  #refundedMinor(id: string): number {
    return this.#refunds.reduce(
      (sum, { chargeId, cancels, amountMinor }) => sum + (chargeId === id && !cancels ? amountMinor : 0),
      0,
    );
  }

  #charge(row: ChargeEvidence): Reply {
    const captured = row.capturedMinor ?? 0;
    const isCaptured = row.state === 'succeeded';
    const back = isCaptured
      ? row.amountMinor - captured + this.#refundedMinor(row.id)
      : row.state === 'canceled'
        ? row.amountMinor
        : 0;
    const captureBefore = row.state === 'authorized' ? Math.floor((row.createdMs + 7 * DAY_MS) / 1_000) : undefined;
    return {
      status: 200,
      body: {
        ...documentedCharge({ id: row.id, amount: row.amountMinor, paid: true, failed: false, captureBefore }, row),
        object: 'charge',
        id: row.id,
        amount: row.amountMinor,
        amount_captured: captured,
        amount_refunded: back,
        balance_transaction: isCaptured ? transactionOf(row.id) : null,
        captured: isCaptured,
        created: Math.floor(row.createdMs / 1_000),
        currency: row.currency,
        description: row.description,
        failure_code: null,
        failure_message: null,
        fraud_details: {},
        livemode: false,
        metadata: row.metadata,
        paid: true,
        receipt_email: null,
        refunded: back === row.amountMinor,
        status: 'succeeded',
        transfer_group: null,
      },
    };
  }

  #post(path: string, parameters: Parameters, options: Options, answer: () => Reply): string {
    const name = `${options.account ?? 'acct_1'} ${options.key}`;
    const kept = this.#kept.get(name);
    if (kept) {
      this.#record({ method: 'POST', path, parameters }, { ...kept, replayed: true }, options);
      return (JSON.parse(kept.body) as { id: string }).id;
    }
    const reply = answer();
    this.#kept.set(name, this.#record({ method: 'POST', path, parameters }, reply, options));
    return reply.id ?? (reply.body as { id: string }).id;
  }

  #record(
    request: Pick<ApiExchange, 'method' | 'path' | 'parameters'>,
    reply: Reply | NonNullable<ApiExchange['answer']>,
    { account = 'acct_1', key, unheard = false }: Options,
  ): NonNullable<ApiExchange['answer']> {
    const sentMs = this.#nowMs;
    this.wait(10);
    const { status, body } = reply;
    const answer = {
      status,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      replayed: 'replayed' in reply && reply.replayed,
    };
    const heard = unheard ? {} : { answer };
    this.exchanges.push({ ...request, account, key, sentMs, endedMs: this.#nowMs, ...heard });
    this.wait(10);
    return answer;
  }
}

interface Reply {
  readonly status: number;
  readonly body: object;
  readonly id?: string;
}

const refusal = (code: string | undefined, param?: string): Reply => ({
  status: 400,
  body: { error: { type: 'invalid_request_error', code, param, message: 'No.' } },
});
const missing = (id: string): Reply => ({
  status: 404,
  body: {
    error: { type: 'invalid_request_error', code: 'resource_missing', param: 'id', message: `No such charge: ${id}` },
  },
});

const metadataIn = (parameters: Parameters): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => {
      const key = /^metadata\[(\w+)\]$/.exec(name)?.[1];
      return key ? [[key, value]] : [];
    }),
  );

const refundObject = (refund: RefundEvidence, { currency }: ChargeEvidence): object => ({
  ...documentedRefund(refund.chargeId, refund.cancels),
  object: 'refund',
  id: refund.id,
  amount: refund.amountMinor,
  balance_transaction: refund.cancels ? null : transactionOf(refund.id),
  charge: refund.chargeId,
  created: Math.floor(refund.createdMs / 1_000),
  currency,
  metadata: {},
  reason: refund.reason,
  status: refund.state,
});

/** The documented fee, computed independently: 2.9 % plus 30, or plus 25 for eur. */
const feeOf = ({ capturedMinor, currency }: ChargeEvidence): number =>
  Math.round(((capturedMinor ?? 0) * 29) / 1_000) + (currency === 'eur' ? 25 : 30);

const transactionOf = (source: string): string => `txn_${source.slice(3)}`;

const receivable = ({ currency }: ChargeEvidence): string => `bank_receivable:alder:${currency}`;
const merchant = ({ account, currency }: ChargeEvidence): string => `merchant:${account}:${currency}`;

const transfer = (
  { id, currency }: ChargeEvidence,
  effect: string,
  debit: string,
  credit: string,
  amountMinor: number,
): TransferRow => ({
  chargeId: id,
  effect,
  kind: 'single',
  resolves: null,
  debitAccount: debit,
  creditAccount: credit,
  amountMinor,
  currency,
  bankId: null,
});

const movement = (
  { account, currency, createdMs }: ChargeEvidence,
  source: string,
  type: 'charge' | 'refund',
  amountMinor: number,
  feeMinor: number,
): BalanceTransactionRow => ({
  id: transactionOf(source),
  account,
  type,
  source,
  currency,
  amountMinor,
  netMinor: amountMinor - feeMinor,
  createdMs,
  // A charge becomes available at the first midnight after two days; a refund counts at once.
  availableOnMs: type === 'charge' ? Math.ceil(createdMs / DAY_MS + 2) * DAY_MS : createdMs,
});

const entry = (
  { id, account, currency, brand, last4 }: ChargeEvidence,
  kind: BankEntry['kind'],
  amountMinor: number,
): BankEntry => ({
  type: 'entry',
  at: BEGINNING_MS,
  bank: 'alder',
  seq: 1,
  bankId: `${kind}_${id}`,
  kind,
  reference: `${id}.${kind}`,
  account,
  chargeId: id,
  amountMinor,
  currency,
  ...(kind === 'authorization' && { card: { brand: brand as 'visa', last4, fingerprint: 'f' } }),
});
