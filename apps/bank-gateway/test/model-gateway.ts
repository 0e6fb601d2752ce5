import assert from 'node:assert/strict';
import type { Attempt, BankOrder, BankCallResult } from '#bank-call';
import { bankProtocol, ledger, payments, type NewEvent } from '#contracts';
import { usd } from '#money';
import type { Decision } from '#saga';
import { afterOperation } from '../src/authorizations/authorization/authorization.js';
import {
  liveOperations,
  operationOf,
  type Authorization,
  type KnownAuthorization,
  type ChargeTerms,
} from '../src/authorizations/authorization/authorization-state.js';
import { capturedAmount } from '../src/authorizations/authorization/outcome-events.js';
import type { BankView } from '../src/authorizations/authorization/routing.js';
import {
  appendAttempt,
  begin,
  OPERATION_LEASE_MS,
  recordAttempts,
  takeOver,
} from '../src/authorizations/authorization/attempt.js';
import { countedFromBegun } from '../src/authorizations/authorization/finality.js';
import {
  isLive,
  startReversal,
  type MovementOrder,
  type Operation,
} from '../src/authorizations/authorization/operation.js';
import { nextAction, type BankConditions } from '../src/authorizations/authorization/next-action.js';
import { recordInquiry } from '../src/authorizations/authorization/inquiry.js';
import { recordReversal } from '../src/authorizations/authorization/reversal.js';
import {
  actedOnBy,
  inquiryOf,
  movementOf,
  reversalOf,
  type ClaimedOperation,
} from '../src/authorizations/authorization/claimed-operation.js';
import { paidWith } from './authorization-under-test.js';
import { stepOn } from './handlers.js';
import { noon } from './operation-under-test.js';
import { ModelBank, type BankAttitude } from './model-bank.js';

const attemptTimeoutMs = 2_000;
const about = { chargeId: 'ch_1', account: 'acct_1' };
const slot = { release: () => undefined };
type Order = MovementOrder | Extract<BankOrder, { kind: 'inquire' | 'reverse' }>;

/** Faults of a run, beside those of every run: loss, delay, lost answers, frozen and crashed workers, lag. */
export interface ModelConditions {
  readonly brand: bankProtocol.Brand;
  readonly capture: ChargeTerms['capture'];
  /** The ledger has no hold for the capture. */
  readonly suspended: boolean;
  /** The bank may perform a message twice. */
  readonly duplicates: boolean;
  /** A message may arrive after its lifetime. */
  readonly veryLate: boolean;
  /** The error of our estimate of a bank's clock, in either direction. */
  readonly skewMs: number;
  /** The state in which the first worker freezes for long. */
  readonly freezes: 'waiting' | 'begun' | 'answered' | 'never';
  /** Backoff as a fraction of its ceiling. */
  readonly jitter: number;
}

interface Message {
  readonly bank: ModelBank;
  readonly order: Order;
  readonly validUntil: number;
  /** The time of writing, later than `begun`. A message's lifetime starts here. */
  readonly sentAt: number;
}

/** A worker's position in its task. It may freeze between any two for any time. */
type Hand =
  | { at: 'idle' }
  | { at: 'taken'; task: ClaimedOperation }
  | { at: 'begun'; task: ClaimedOperation; attempt: Attempt }
  | { at: 'waiting'; task: ClaimedOperation; attempt: Attempt; message: Message; asked: number }
  | {
      at: 'answered';
      task: ClaimedOperation;
      attempt: Attempt;
      order: Order;
      outcome: BankCallResult<Order>;
      asked: number;
    };

interface Worker {
  hand: Hand;
}

/** A model of one charge, two workers that follow `Performer` step by step, and the network. */
export class ModelGateway {
  readonly banks = new Map(
    Object.values(bankProtocol.bankProfiles).map((profile) => [profile.name as string, new ModelBank(profile)]),
  );
  readonly workers: readonly Worker[] = [{ hand: { at: 'idle' } }, { hand: { at: 'idle' } }];
  readonly emitted: NewEvent[] = [];
  readonly reached = new Set<string>();
  readonly terms: ChargeTerms;
  messages: Message[] = [];
  authorization: Authorization = { state: 'none' };
  now = noon;
  /** By reference. */
  readonly #dueAt = new Map<string, number>();
  /** Ids of events of the merchant and the ledger that were delivered. */
  readonly #said = new Set<string>();
  #broken = new Set<string>();

  constructor(
    readonly world: ModelConditions,
    /** Uniform in [0, n). */
    readonly choose: (n: number) => number,
  ) {
    this.terms = { ...paidWith(world.brand), capture: world.capture };
    this.#react(payments.chargeRequested(this.terms));
  }

  /** All possible moves; likely ones are listed several times. */
  moves(): (() => void)[] {
    return [
      () => this.pass([1, 90, 700, 2_100, 11_000, 16_000, 61_000][this.choose(7)]!),
      ...this.messages.flatMap((message) => this.#fates(message)),
      ...this.workers.flatMap((worker) => this.#movesOf(worker)),
      ...this.#ledgerEvents(),
      ...[...this.#merchantRequests(), ...this.#differences()].map((wish) => () => {
        if (this.choose(3) === 2) wish();
      }),
      () => {
        if (this.choose(8) === 7) this.#toggleBreaker();
      },
    ];
  }

  pass(ms: number): void {
    this.now += ms;
    const { veryLate } = this.world;
    this.messages = this.messages.filter(
      ({ bank, sentAt }) => veryLate || this.now - sentAt <= bank.profile.maxTransitMs,
    );
  }

  liftFaults(): void {
    this.#broken.clear();
  }

  /** The next move without faults. @returns false when nothing is left to do */
  settle(): boolean {
    const [owed] = this.#ledgerEvents();
    const busy = this.workers.findLast(({ hand }) => hand.at !== 'idle');
    if (busy?.hand.at === 'waiting') {
      const { message } = busy.hand;
      if (this.messages.includes(message)) this.deliver(message, 'willing', { lost: false, keep: false });
      if (busy.hand.at === 'waiting') this.#answer(busy, busy.hand, { kind: 'doubt', reason: 'timeout' });
    } else if (busy) this.#step(busy);
    else if (owed) owed();
    else {
      const next = this.#live().sort((a, b) => this.#dueOf(a) - this.#dueOf(b))[0];
      if (!next) return false;
      const until = Math.max(this.now, this.#dueOf(next));
      // Messages in flight arrive at the last possible moment.
      for (const message of this.messages) {
        const lastAt = message.sentAt + message.bank.profile.maxTransitMs;
        if (this.world.veryLate || lastAt > until) continue;
        this.now = Math.max(this.now, lastAt);
        this.deliver(message, 'willing', { lost: true, keep: false });
      }
      this.pass(until - this.now);
      this.#take(this.workers[0]!, next.reference);
    }
    return true;
  }

  /** Reconciles: delivers differences to the gateway. @returns false without differences */
  compare(): boolean {
    const [difference] = this.#differences();
    difference?.();
    return difference !== undefined;
  }

  deliver(message: Message, mood: BankAttitude, { lost, keep }: { lost: boolean; keep: boolean }): void {
    if (!keep) this.messages = this.messages.filter((other) => other !== message);
    if (keep) this.reached.add('performed twice');
    if (this.now - message.sentAt > message.bank.profile.maxTransitMs) this.reached.add('very late');
    const { bank, order, validUntil } = message;
    const lagMs = order.kind === 'inquire' && mood !== 'willing' ? 5_000 : 0;
    const outcome = bank.receive(order, { now: this.now, validUntil, lagMs, mood }) as BankCallResult<Order>;
    const worker = this.workers.find(({ hand }) => hand.at === 'waiting' && hand.message === message);
    if (worker?.hand.at === 'waiting' && !lost) this.#answer(worker, worker.hand, outcome);
  }

  #fates(message: Message): (() => void)[] {
    const moods: BankAttitude[] = ['willing', 'unwilling', 'busy', 'puzzled'];
    const arrive = (): void =>
      this.deliver(message, moods[this.choose(moods.length)]!, { lost: this.choose(2) === 1, keep: false });
    const lose = (): void => void (this.messages = this.messages.filter((other) => other !== message));
    // Where messages may be very late, make them stay in flight.
    const fates = this.world.veryLate ? [arrive] : [arrive, arrive, lose];
    if (this.world.duplicates) fates.push(() => this.deliver(message, 'willing', { lost: false, keep: true }));
    return fates;
  }

  #movesOf(worker: Worker): (() => void)[] {
    const { hand } = worker;
    if (hand.at === 'idle')
      return this.#live()
        .filter((operation) => this.#dueOf(operation) <= this.now)
        .map(
          ({ reference }) =>
            () =>
              this.#take(worker, reference),
        );
    const frozen = worker === this.workers[0] && hand.at === this.world.freezes && this.choose(12) !== 11;
    if (frozen) return [];
    const giveUp = (): void => {
      if (this.choose(4) === 3) this.#crash(worker);
      else if (hand.at === 'waiting') this.#answer(worker, hand, { kind: 'doubt', reason: 'timeout' });
    };
    const moves = [giveUp];
    if (hand.at !== 'waiting') moves.push(...Array<() => void>(3).fill(() => this.#step(worker)));
    if (hand.at === 'answered' && hand.order.kind !== 'inquire' && hand.order.kind !== 'reverse')
      moves.push(() => this.#beginAgain(worker, hand));
    return moves;
  }

  /** The ledger's events, without which the charge does not end. */
  #ledgerEvents(): (() => void)[] {
    const { authorization, world } = this;
    if (authorization.state === 'authorized' && world.capture === 'automatic') {
      const placed = ledger.holdPlaced({ ...about, amount: usd(1_000), capture: 'automatic' });
      const refused = ledger.holdRefused({ ...about, reason: 'account_frozen' });
      return [...this.#once(placed), ...this.#once(refused)];
    }
    if (authorization.state === 'captured' && world.suspended) {
      const { bank, bankCaptureId } = authorization;
      const amount = capturedAmount(authorization);
      return this.#once(ledger.captureSuspended({ ...about, amount, bank, bankCaptureId }));
    }
    return [];
  }

  /** The merchant's optional requests. */
  #merchantRequests(): (() => void)[] {
    const { authorization, world } = this;
    // Rarely, so that most charges are captured and refunded.
    const cancellation = payments.cancellationRequested({
      ...about,
      cause: this.choose(2) === 1 ? 'canceled' : 'expired',
    });
    const requests = this.choose(4) === 3 ? this.#once(cancellation) : [];
    if (authorization.state === 'authorized' && world.capture === 'manual') {
      const amount = usd(this.choose(2) === 1 ? 600 : 1_000);
      requests.push(...this.#once(payments.captureRequested({ ...about, amount })));
    }
    if (authorization.state === 'captured' && !world.suspended) {
      const refundedMinor = authorization.operations
        .filter(({ kind, end }) => kind === 'refund' && end?.kind !== 'refused')
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
      const amountMinor = Math.min(400, capturedAmount(authorization).amountMinor - refundedMinor);
      const refundId = ['re_1', 're_2', 're_3'].find((id) => !this.#said.has(`${id}.refund_reserved`));
      if (amountMinor > 0 && refundId !== undefined) {
        const reserved = ledger.refundReserved({ ...about, refundId, amount: usd(amountMinor) });
        requests.push(...this.#once(reserved));
      }
    }
    return requests;
  }

  /** Differences: each standing performance that no event has reported, once. */
  #differences(): (() => void)[] {
    const reported = JSON.stringify(this.emitted);
    return [...this.banks.values()].flatMap((bank) =>
      bank.performances
        .filter(
          ({ kind, undoneAt, bankId }) =>
            kind !== 'void' && undoneAt === undefined && !reported.includes(`"${bankId}"`),
        )
        .flatMap(({ bankId, kind, reference, amountMinor }) => {
          const movement = kind as 'authorization' | 'capture' | 'refund';
          const found = {
            differenceId: bankId,
            bank: bank.profile.name,
            bankId,
            movement,
            reference,
            amount: usd(amountMinor),
          };
          const event = ledger.differenceFound({ ...about, ...found, kind: 'unknown_to_ledger' });
          return this.#once(event);
        }),
    );
  }

  /** Delivers an event once, as an inbox does. */
  #once(event: NewEvent): (() => void)[] {
    if (this.#said.has(event.id)) return [];
    return [
      () => {
        this.#said.add(event.id);
        this.#react(event);
      },
    ];
  }

  #react(event: NewEvent): void {
    this.#save(stepOn(event).decide(this.authorization, event.data, 0, this.#view()) as Decision<Authorization>);
  }

  #live(): Operation[] {
    return [...liveOperations(this.authorization)];
  }

  #dueOf({ reference }: Operation): number {
    return this.#dueAt.get(reference)!;
  }

  #toggleBreaker(): void {
    const name = [...this.banks.keys()][this.choose(this.banks.size)]!;
    if (!this.#broken.delete(name)) this.#broken.add(name);
  }

  #crash(worker: Worker): void {
    worker.hand = { at: 'idle' };
  }

  #take(worker: Worker, reference: string): void {
    const operation = operationOf(this.authorization, reference);
    assert(operation && this.authorization.state !== 'none');
    const taken = { ...operation, version: operation.version + 1 };
    this.#dueAt.set(reference, this.now + OPERATION_LEASE_MS);
    const operations = this.authorization.operations.map((other) => (other === operation ? taken : other));
    this.authorization = { ...this.authorization, operations };
    worker.hand = { at: 'taken', task: this.#taskOf(taken, this.authorization) };
  }

  #taskOf(operation: Operation, authorization: KnownAuthorization): ClaimedOperation {
    return { terms: this.terms, operation, actsOn: actedOnBy(operation, authorization), slot };
  }

  #step(worker: Worker): void {
    const { hand } = worker;
    switch (hand.at) {
      case 'idle':
      case 'waiting':
        return;
      case 'taken':
        return this.#perform(worker, hand.task);
      case 'begun': {
        const { task, attempt } = hand;
        // The age is checked right before the first byte.
        if (this.now - attempt.begunAtMs > attemptTimeoutMs) {
          const outcome = { kind: 'not_processed', reason: 'too_late' } as const;
          worker.hand = { at: 'answered', task, attempt, order: movementOf(task), outcome, asked: 0 };
          return;
        }
        return this.#send(worker, task, movementOf(task), attempt);
      }
      case 'answered':
        return this.#record(worker, hand);
    }
  }

  #perform(worker: Worker, task: ClaimedOperation): void {
    const { operation } = task;
    const bank = this.banks.get(operation.bank)!;
    const held = (change: (live: Operation) => Operation) => (live: Operation) =>
      live.version === operation.version ? change(live) : undefined;
    worker.hand = { at: 'idle' };
    if (operation.attempts.at(-1)?.outcome === 'begun') {
      this.reached.add('taken over');
      this.#decide(
        task,
        held((live) => takeOver(live, this.#moment(bank))),
      );
      return;
    }
    const attempt: Attempt = { id: 'question', begunAtMs: this.now, validUntil: this.#times().validUntil };
    const action = nextAction(operation, this.#profile(bank), this.#moment(bank).bankNow);
    this.reached.add(action);
    switch (action) {
      case 'attempt':
        if (this.#broken.has(operation.bank))
          this.#decide(
            task,
            held((live) => recordAttempts(live, this.#profile(bank), [], this.#moment(bank))),
          );
        else this.#begin(worker, task, (live) => begin(live, this.#profile(bank), operation, this.#times()));
        return;
      case 'inquire':
        return this.#send(worker, task, inquiryOf(task), attempt);
      case 'start_reversal':
        this.#decide(task, held(startReversal));
        return;
      case 'reverse':
        return this.#send(worker, task, reversalOf(task), attempt);
    }
  }

  /** A retry within one call: the attempt's result is recorded together with the next `begun`. */
  #beginAgain(worker: Worker, { task, attempt, outcome }: Extract<Hand, { at: 'answered' }>): void {
    const bank = this.banks.get(task.operation.bank)!;
    if (outcome.kind === 'answered' || (outcome.kind === 'doubt' && !bank.profile.idempotent)) return;
    this.#begin(worker, task, (live) => {
      const reports = [{ attemptId: attempt.id, outcome: outcome as BankCallResult<MovementOrder> }];
      const recorded = recordAttempts(live, this.#profile(bank), reports, this.#moment(bank));
      return begin(recorded, this.#profile(bank), task.operation, this.#times()) ?? recorded;
    });
  }

  #begin(worker: Worker, task: ClaimedOperation, change: (live: Operation) => Operation | undefined): void {
    const { before, next } = this.#decide(task, change);
    if (!before || !next || next.attempts.length === before.attempts.length) return;
    const { id, validUntil } = next.attempts.at(-1)!;
    const operation = { ...next, version: before.version + 1 };
    worker.hand = { at: 'begun', task: { ...task, operation }, attempt: { id, validUntil, begunAtMs: this.now } };
  }

  #send(worker: Worker, task: ClaimedOperation, order: Order, attempt: Attempt): void {
    const bank = this.banks.get(task.operation.bank)!;
    const message = { bank, order, validUntil: attempt.validUntil!, sentAt: this.now };
    this.messages.push(message);
    worker.hand = { at: 'waiting', task, attempt, message, asked: task.operation.attempts.length };
  }

  #answer(worker: Worker, hand: Extract<Hand, { at: 'waiting' }>, outcome: BankCallResult<Order>): void {
    const { task, attempt, message, asked } = hand;
    worker.hand = { at: 'answered', task, attempt, order: message.order, outcome, asked };
  }

  #record(worker: Worker, { task, attempt, order, outcome, asked }: Extract<Hand, { at: 'answered' }>): void {
    const bank = this.banks.get(task.operation.bank)!;
    const moment = this.#moment(bank);
    worker.hand = { at: 'idle' };
    this.#decide(task, (live) => {
      if (order.kind === 'inquire') return recordInquiry(live, this.#profile(bank), outcome as never, asked, moment);
      if (order.kind === 'reverse') return recordReversal(live, this.#profile(bank), outcome as never, moment);
      return recordAttempts(live, this.#profile(bank), [{ attemptId: attempt.id, outcome: outcome as never }], moment);
    });
  }

  #decide(task: ClaimedOperation, change: (live: Operation) => Operation | undefined) {
    const found = operationOf(this.authorization, task.operation.reference);
    const before = found && isLive(found) ? found : undefined;
    const next = before && change(before);
    this.#save(afterOperation(this.authorization, next, this.#view()));
    return { before, next };
  }

  /** Saves as the repository does: a changed operation gets the next version; a free worker begins a new one. */
  #save({ state, emit, changed }: Decision<Authorization>): void {
    this.emitted.push(...emit);
    for (const { type } of emit) this.reached.add(type);
    if (!changed) return;
    assert(state.state !== 'none');
    const known = new Set(this.authorization.state === 'none' ? [] : this.authorization.operations);
    const operations = state.operations.map((operation): Operation => {
      if (known.has(operation)) return operation;
      const saved = { ...operation, version: operation.version + 1 };
      assert(isLive(saved) || saved.suspects.length === 0, 'what has ended suspects nothing any more');
      if (saved.phase === 'ended') return saved;
      const idle = this.workers.find(({ hand }) => hand.at === 'idle');
      const sent =
        saved.version === 1 && saved.phase === 'open' && idle && !this.#broken.has(saved.bank) && this.choose(2) === 1
          ? appendAttempt(saved, this.#times())
          : saved;
      this.#dueAt.set(saved.reference, this.now + sent.dueInMs);
      if (sent.attempts.length > saved.attempts.length) {
        const { id, validUntil } = sent.attempts.at(-1)!;
        idle!.hand = { at: 'begun', task: this.#taskOf(sent, state), attempt: { id, validUntil, begunAtMs: this.now } };
      }
      return { ...sent, dueInMs: 0 };
    });
    this.authorization = { ...state, operations };
    this.#remark(state);
  }

  #remark(state: KnownAuthorization): void {
    this.reached.add(state.state);
    if ('cancellation' in state && state.cancellation) this.reached.add(`${state.state}, canceled`);
    const { operations } = state;
    if (operations.some(({ kind, end }) => kind === 'capture' && end?.kind === 'not_performed'))
      this.reached.add('a capture gave way');
    if (operations.some(({ suspects }) => suspects.length > 0)) this.reached.add('suspected');
    if (operations.filter((operation) => operation.kind === 'refund' && isLive(operation)).length > 1)
      this.reached.add('refunds beside each other');
    if (operations.some(({ kind, doubtSince }) => kind === 'refund' && doubtSince !== null))
      this.reached.add('a refund in doubt');
  }

  #view(): BankView[] {
    return [...this.banks.values()].map(({ profile }) => ({
      profile,
      isAvailableTo: () => !this.#broken?.has(profile.name),
    }));
  }

  #profile({ profile }: ModelBank): bankProtocol.BankProfile {
    return countedFromBegun(profile, attemptTimeoutMs);
  }

  #times() {
    const { skewMs } = this.world;
    return { begunAt: this.now + skewMs, validUntil: this.now - skewMs + 3_000 };
  }

  #moment(bank: ModelBank): BankConditions {
    const { jitter, skewMs } = this.world;
    return {
      bankNow: this.now - skewMs,
      breakerOpen: this.#broken.has(bank.profile.name),
      delayMs: (reattempt) => Math.floor(jitter * Math.min(30_000, 500 * 2 ** (reattempt - 1))),
    };
  }
}
