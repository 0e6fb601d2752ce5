import { Inject, Injectable } from '@nestjs/common';
import { Stripe } from 'stripe';
import type { Clock } from '#clock';
import { consoleConfig } from '../settings.module.js';
import type { ConsoleSettings } from '../settings.js';
import { SystemClient } from '../system/system.client.js';
import { CLOCK } from '../tokens.js';

/** A charge to be made. */
export interface ChargeWish {
  readonly source: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly capture: boolean;
  readonly idempotencyKey?: string | undefined;
}

/** What the official SDK was told. */
export interface ChargeResult {
  /** Null when no answer came. */
  readonly status: number | null;
  readonly chargeId: string | null;
  /** The charge's status, or the error's code and sentence. */
  readonly text: string;
  readonly tookMs: number;
}

const PATIENCE_MS = 30_000;

/** Makes charges as a merchant does: by the official SDK, unmodified. */
@Injectable()
export class StripeClient {
  #accounts: Promise<readonly Stripe[]> | undefined;

  constructor(
    private readonly system: SystemClient,
    @Inject(consoleConfig.KEY) private readonly settings: Pick<ConsoleSettings, 'apiKeys'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param turn chooses the account */
  async charge(wish: ChargeWish, turn = 0): Promise<ChargeResult> {
    this.#accounts ??= this.#open().catch((error: unknown) => {
      this.#accounts = undefined;
      throw error;
    });
    const accounts = await this.#accounts;
    const { source, amountMinor: amount, currency, capture, idempotencyKey } = wish;
    const startedMs = this.clock.monotonicMs();
    const tookMs = (): number => Math.round(this.clock.monotonicMs() - startedMs);
    try {
      const charge = await accounts[turn % accounts.length]!.charges.create(
        { amount, currency, source, capture },
        idempotencyKey === undefined ? {} : { idempotencyKey },
      );
      return { status: 200, chargeId: charge.id, text: charge.status, tookMs: tookMs() };
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      const { statusCode = null, charge = null, code, decline_code: declineCode, message } = error;
      const codes = [code, declineCode].filter((each) => each !== undefined && each !== '');
      return { status: statusCode, chargeId: charge ?? null, text: [...codes, message].join(' · '), tookMs: tookMs() };
    }
  }

  async #open(): Promise<readonly Stripe[]> {
    const { api } = await this.system.addresses();
    if (api === undefined) throw new Error('Say where Stripe’s API is: API_URL.');
    const { hostname: host, port } = new URL(api);
    return this.settings.apiKeys.map(
      (key) =>
        new Stripe(key, { host, port, protocol: 'http', telemetry: false, maxNetworkRetries: 2, timeout: PATIENCE_MS }),
    );
  }
}
