import { bankProtocol } from '#contracts';
import { answerBody } from '../answer-body.js';
import type { ChargeEvidence, Evidence, ReceivedRequest, RefundEvidence } from '../evidence.js';
import type { FaultStretch } from '../faults.js';
import type { ApiExchange } from '../history.js';
import { BankHealth } from './bank-health.js';
import { goodCardOf, type GoodCard } from './good-card.js';

/** A requested charge with a good card. */
export interface GoodCharge {
  readonly id: string;
  readonly account: string;
  readonly card: GoodCard;
  readonly sentMs: number;
}

/** The default limits of admission control. Source: the README of payments-api. */
const admitsByDefault = { uncommitted: 512, unsettled: 500 };

/** Longest time that a client waits for an answer. */
const UNDER_WAY_MS = 60_000;

/** Indexes over the evidence, for the explanations of refusals. */
export class EvidenceIndex {
  readonly faults: readonly FaultStretch[];
  readonly charges: ReadonlyMap<string, ChargeEvidence>;
  readonly refunds: readonly RefundEvidence[];
  readonly admits: NonNullable<Evidence['admits']>;
  readonly goodCharges: ReadonlyMap<string, GoodCharge>;
  readonly #exchanges: readonly ApiExchange[];
  readonly #requests: readonly ReceivedRequest[];
  #health: BankHealth | undefined;
  #bySending: readonly ApiExchange[] | undefined;
  #byKey: ReadonlyMap<string, readonly ApiExchange[]> | undefined;
  #byCharge: ReadonlyMap<string | undefined, readonly ApiExchange[]> | undefined;

  constructor({ exchanges, charges, refunds, requests, faults, admits }: Evidence) {
    this.admits = admits ?? admitsByDefault;
    this.#exchanges = exchanges;
    this.faults = faults;
    this.refunds = refunds;
    this.#requests = requests;
    this.charges = new Map(charges.map((charge) => [charge.id, charge]));
    const good = new Map<string, GoodCharge>();
    for (const exchange of exchanges) {
      const card = isCreate(exchange) ? goodCardOf(exchange.parameters) : undefined;
      const id = card && this.chargeIn(exchange);
      if (!id || good.has(id)) continue;
      good.set(id, { id, account: exchange.account, card, sentMs: this.firstSentMs(exchange) });
    }
    this.goodCharges = good;
  }

  get banks(): BankHealth {
    return (this.#health ??= new BankHealth(this.#requests, this.faults));
  }

  /** The charge of an exchange: from its path or parameters, else from its answer. */
  chargeIn(exchange: ApiExchange): string | undefined {
    // A list has no single charge, and is long to parse.
    if (exchange.method === 'GET' && !exchange.path.startsWith('/v1/charges/')) return undefined;
    const named = /^\/v1\/charges\/(\w+)/.exec(exchange.path)?.[1] ?? exchange.parameters['charge'];
    if (named !== undefined) return named;
    const { object, id, charge, error } = answerBody(exchange);
    return object === 'charge' ? id : (charge ?? error?.charge);
  }

  underKey({ account, key }: ApiExchange): readonly ApiExchange[] {
    this.#byKey ??= Map.groupBy(this.#exchanges, (each) => `${each.account} ${each.key}`);
    return key === undefined ? [] : (this.#byKey.get(`${account} ${key}`) ?? []);
  }

  /** First sending under the key: the operation may have been performed long before the answer. */
  firstSentMs(exchange: ApiExchange): number {
    const same = this.underKey(exchange).filter(({ path }) => path === exchange.path);
    return Math.min(exchange.sentMs, ...same.map(({ sentMs }) => sentMs));
  }

  aboutCharge(id: string): readonly ApiExchange[] {
    this.#byCharge ??= Map.groupBy(this.#exchanges, (each) => this.chargeIn(each));
    return this.#byCharge.get(id) ?? [];
  }

  /** Requests that were sent within this time. */
  sentWithin(fromMs: number, untilMs: number): readonly ApiExchange[] {
    const bySending = (this.#bySending ??= this.#exchanges.toSorted((a, b) => a.sentMs - b.sentMs));
    return bySending.slice(firstFrom(bySending, fromMs), firstFrom(bySending, untilMs + 1));
  }

  /** Number of requests of the account, or of all accounts, that overlap this one. */
  besides(exchange: ApiExchange, account?: string): number {
    return this.sentWithin(exchange.sentMs - UNDER_WAY_MS, exchange.endedMs).filter(
      (other) =>
        other !== exchange && (account === undefined || other.account === account) && other.endedMs >= exchange.sentMs,
    ).length;
  }

  banksOf({ card }: GoodCharge): readonly bankProtocol.BankProfile[] {
    return bankProtocol.banksFor(card.brand);
  }

  /** Whether a breaker for the charge's calls may have been open. */
  mayBeRefusedAt(bank: string, { card, account }: GoodCharge, fromMs: number, untilMs: number): boolean {
    if (this.banks.mayRefuse({ bank, isolatedTo: undefined }, fromMs, untilMs)) return true;
    return card.hasToken && this.banks.mayRefuse({ bank, isolatedTo: account }, fromMs, untilMs);
  }
}

function firstFrom(bySending: readonly ApiExchange[], ms: number): number {
  let [from, until] = [0, bySending.length];
  while (from < until) {
    const middle = (from + until) >> 1;
    if (bySending[middle]!.sentMs < ms) from = middle + 1;
    else until = middle;
  }
  return from;
}

export const isCreate = ({ method, path }: ApiExchange): boolean => method === 'POST' && path === '/v1/charges';

export const isMovement = ({ method, path }: ApiExchange): boolean =>
  method === 'POST' && (path === '/v1/charges' || isRefund(path) || /^\/v1\/charges\/\w+\/capture$/.test(path));

/** By itself, or under its charge. */
export const isRefund = (path: string): boolean => /^\/v1\/(?:charges\/\w+\/)?refunds$/.test(path);
