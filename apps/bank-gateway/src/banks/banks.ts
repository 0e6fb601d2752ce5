import {
  aimOf,
  bankTimeOf,
  reattemptDelayMs,
  type Aim,
  type BankCaller,
  type BankCallers,
  type BankOrder,
  type CallOptions,
  type CallReport,
} from '#bank-call';
import type { Clock } from '#clock';
import type { bankProtocol } from '#contracts';
import type { Shutdown } from '#service';
import { SpanKind, type Tracing } from '#telemetry';
import type { BankView } from '../authorizations/authorization/routing.js';
import { countedFromBegun } from '../authorizations/authorization/finality.js';
import type { AttemptTimes } from '../authorizations/authorization/attempt.js';
import type { BankConditions } from '../authorizations/authorization/next-action.js';
import { BankTimes } from './bank-times.js';
import { traceCall } from './trace-call.js';

const LEARN_TIME_EVERY_MS = 1_000;

/** The configured banks: profiles, callers and clocks. */
export class BankClients {
  readonly #callers: ReadonlyMap<bankProtocol.BankName, BankCallers>;
  readonly #times: BankTimes;
  readonly #closing = new AbortController();

  /** @param validForMs the validity of an attempt at a bank that enforces `validUntil` */
  constructor(
    callers: readonly BankCallers[],
    private readonly clock: Clock,
    private readonly tracing: Pick<Tracing, 'startSpan' | 'isRecorded' | 'recordSpan'>,
    private readonly validForMs: number,
  ) {
    this.#callers = new Map(callers.map((each) => [each.config.name, each]));
    this.#times = new BankTimes(clock);
  }

  get all(): readonly BankCallers[] {
    return [...this.#callers.values()];
  }

  /** The caller of this charge, isolated if it has a fault token. */
  caller(bank: bankProtocol.BankName, charge: Aim): BankCaller {
    return this.callers(bank).for(charge);
  }

  callers(bank: bankProtocol.BankName): BankCallers {
    const callers = this.#callers.get(bank);
    if (!callers) throw new Error(`no bank named ${bank} is configured`);
    return callers;
  }

  /** The bank's profile, with times counted from `begun`. */
  profile(bank: bankProtocol.BankName): bankProtocol.BankProfile {
    const { config } = this.callers(bank);
    return countedFromBegun(config, config.limits.attemptTimeoutMs);
  }

  /** For routing. */
  view(): BankView[] {
    return this.all.map(({ config }) => ({
      profile: config,
      isAvailableTo: (charge) => this.canBegin(config.name, charge),
    }));
  }

  /** The bank's clock is known, and the breakers let this charge's movements pass. */
  canBegin(bank: bankProtocol.BankName, charge: Aim): boolean {
    return this.#times.isKnown(bank) && !this.#isBroken(this.caller(bank, charge));
  }

  knowsTimeOf(bank: bankProtocol.BankName): boolean {
    return this.#times.isKnown(bank);
  }

  /** For an attempt that begins now. */
  attemptTimes(bank: bankProtocol.BankName): AttemptTimes {
    return { begunAt: this.#times.latest(bank), validUntil: this.#times.earliest(bank) + this.validForMs };
  }

  moment(bank: bankProtocol.BankName, charge: Aim): BankConditions {
    const caller = this.caller(bank, charge);
    return {
      bankNow: this.#times.earliest(bank),
      breakerOpen: this.#isBroken(caller),
      delayMs: (reattempt, lane) => reattemptDelayMs(reattempt, caller.untilProbeMs(lane), () => this.clock.random()),
    };
  }

  /** Calls the bank, and reads its clock from the answer. */
  async call<O extends BankOrder>(bank: bankProtocol.BankName, order: O, options: CallOptions): Promise<CallReport<O>> {
    const span = this.tracing.startSpan(`${order.kind} at ${bank}`, {
      parent: options.traceparent,
      // All attempts of a call carry its own span id to the bank.
      kind: SpanKind.CLIENT,
    });
    const { traceparent } = span;
    const report = await this.caller(bank, aimOf(order)).call(order, { ...options, traceparent });
    if (this.tracing.isRecorded(traceparent)) traceCall(this.tracing, span, this.callers(bank).config, order, report);
    span.end();
    for (const { attempt, outcome } of report.attempts) {
      const time = bankTimeOf(outcome);
      if (time) this.#times.observe(bank, time, attempt.begunAtMs);
    }
    return report;
  }

  /** Open, or half-open with its probe in flight: a new attempt would be refused. */
  #isBroken(caller: BankCaller): boolean {
    return caller.untilProbeMs('movements') > 0;
  }

  /**
   * Reads every bank's clock, with retries. Resolves once each has answered or failed once: routing before that would
   * decline charges for lack of an available bank.
   */
  async start(): Promise<void> {
    await Promise.all(this.all.map(({ config }) => this.#learnTime(config.name)));
  }

  async #learnTime(bank: bankProtocol.BankName): Promise<void> {
    await this.#askTime(bank, 1);
    void this.#askTimeAgain(bank);
  }

  async #askTimeAgain(bank: bankProtocol.BankName): Promise<void> {
    for (let attempt = 2; !this.#times.isKnown(bank); attempt++) {
      await this.clock.sleep(LEARN_TIME_EVERY_MS, this.#closing.signal).catch(() => undefined);
      if (this.#closing.signal.aborted) return;
      await this.#askTime(bank, attempt);
    }
  }

  async #askTime(bank: bankProtocol.BankName, attempt: number): Promise<void> {
    await this.call(
      bank,
      { kind: 'statement', after: 0, limit: 1 },
      { attempt: { id: `time.${bank}.${attempt}`, begunAtMs: this.clock.monotonicMs() } },
    );
  }

  /** Closes after the workers: to them a closed caller looks like an open breaker, and they would fail charges. */
  closeDuring(shutdown: Pick<Shutdown, 'during'>): void {
    shutdown.during('pools', 'the banks', () => this.close());
  }

  close(): void {
    this.#closing.abort(new Error('the gateway is stopping'));
    for (const callers of this.all) callers.close();
  }
}
