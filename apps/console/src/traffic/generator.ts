import { z } from 'zod';
import type { Clock, Timer } from '#clock';
import { bankProtocol } from '#contracts';
import type { ChargeResult, ChargeWish } from './stripe.client.js';

const share = z.number().min(0).max(1);

/** What the generator is asked for. */
export const trafficPlan = z.strictObject({
  perSecond: z.number().positive().max(100),
  /** Card networks to choose from, each as often as the others. */
  brands: z.array(z.enum(bankProtocol.brands)).min(1),
  /** Of the charges, so many are asked for twice under one key at once. */
  duplicateShare: share,
  /** Of the charges, so many carry a fault token. */
  faultShare: share,
});
export type TrafficPlan = z.infer<typeof trafficPlan>;

export interface TrafficState {
  readonly plan: TrafficPlan | null;
  readonly endsAt: number | null;
  readonly sent: number;
  readonly inFlight: number;
  /** Wanted, and not sent because too many were in flight. */
  readonly heldBack: number;
  /** By HTTP status; `none` where no answer came. */
  readonly answers: Readonly<Record<string, number>>;
}

const TICK_MS = 100;
const IN_FLIGHT_MAX = 200;
/** It ends by itself: a forgotten page must not fill a disk. */
const RUNS_FOR_MS = 10 * 60 * 1_000;

const faultTokens = [
  'capture_drop_after',
  'authorize_not_processed',
  'capture_late',
  'authorize_error',
  'capture_refuse',
];

/** Charges at a steady rate, until it is stopped or its time is up. */
export class TrafficGenerator {
  #plan: TrafficPlan | undefined;
  #endsAt: number | undefined;
  #timer: Timer | undefined;
  #owed = 0;
  #sent = 0;
  #heldBack = 0;
  #inFlight = 0;
  #answers: Record<string, number> = {};

  constructor(
    private readonly clock: Clock,
    private readonly charge: (wish: ChargeWish, turn: number) => Promise<ChargeResult>,
  ) {}

  get state(): TrafficState {
    return {
      plan: this.#plan ?? null,
      endsAt: this.#endsAt ?? null,
      sent: this.#sent,
      inFlight: this.#inFlight,
      heldBack: this.#heldBack,
      answers: { ...this.#answers },
    };
  }

  /** Goes on with another plan when it runs already. */
  start(plan: TrafficPlan): void {
    if (!this.#plan) {
      [this.#sent, this.#heldBack, this.#owed, this.#answers] = [0, 0, 0, {}];
      this.#timer = this.clock.after(TICK_MS, () => this.#tick());
    }
    this.#plan = plan;
    this.#endsAt = this.clock.now() + RUNS_FOR_MS;
  }

  /** Charges in flight go on. */
  stop(): void {
    this.#timer?.cancel();
    this.#plan = undefined;
    this.#endsAt = undefined;
  }

  #tick(): void {
    const plan = this.#plan;
    if (!plan) return;
    if (this.clock.now() >= this.#endsAt!) return this.stop();
    this.#owed += (plan.perSecond * TICK_MS) / 1_000;
    for (; this.#owed >= 1; this.#owed -= 1) this.#one(plan);
    this.#timer = this.clock.after(TICK_MS, () => this.#tick());
  }

  #one({ brands, duplicateShare, faultShare }: TrafficPlan): void {
    const { clock } = this;
    if (this.#inFlight >= IN_FLIGHT_MAX) {
      this.#heldBack += 1;
      return;
    }
    const turn = this.#sent;
    const brand = brands[Math.floor(clock.random() * brands.length)]!;
    const fault = faultTokens[Math.floor(clock.random() * faultTokens.length)]!;
    const wish = {
      source: clock.random() < faultShare ? `tok_fault_${fault}_on_${brand}` : `tok_${brand}`,
      amountMinor: 100 + Math.floor(clock.random() * 20_000),
      currency: 'usd',
      capture: true,
      idempotencyKey: `console-${clock.now().toString(36)}-${Math.floor(clock.random() * 2 ** 32).toString(36)}`,
    };
    const times = clock.random() < duplicateShare ? 2 : 1;
    for (let time = 0; time < times; time += 1) void this.#send(wish, turn);
  }

  async #send(wish: ChargeWish, turn: number): Promise<void> {
    this.#sent += 1;
    this.#inFlight += 1;
    const status = await this.charge(wish, turn).then(
      (result) => result.status,
      () => null,
    );
    this.#inFlight -= 1;
    const name = String(status ?? 'none');
    this.#answers[name] = (this.#answers[name] ?? 0) + 1;
  }
}
