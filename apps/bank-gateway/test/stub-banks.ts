import {
  BankCallers,
  defaultLimits,
  type BankLimits,
  type BankPort,
  type SendOptions,
  type WireResult,
} from '#bank-call';
import type { Clock } from '#clock';
import { bankProtocol } from '#contracts';
import { BankClients } from '../src/banks/banks.js';
import { noon, validForMs } from './operation-under-test.js';

type Request = bankProtocol.BankRequest;
export type StubBehavior = (request: Request, options: SendOptions) => WireResult | Promise<WireResult>;

/** Banks that the test scripts. They always answer requests for statements, which carry their clocks. */
export class StubBanks implements BankPort {
  /** All requests except for statements, in order. */
  readonly sent: { bank: bankProtocol.BankName; request: Request; attemptId: string }[] = [];
  readonly #behaviors = new Map<bankProtocol.BankName, StubBehavior>();
  #ids = 0;

  constructor(private readonly clock: Clock) {}

  /** Sets a bank's behavior. By default a bank approves. */
  does(bank: bankProtocol.BankName, behavior: StubBehavior): void {
    this.#behaviors.set(bank, behavior);
  }

  send(bank: bankProtocol.BankName, request: Request, options: SendOptions): Promise<WireResult> {
    const { attemptId } = options;
    if (request.kind === 'statement')
      return Promise.resolve(this.says({ state: 'statement', entries: [], watermark: 0, more: false }));
    this.sent.push({ bank, request, attemptId });
    return Promise.resolve((this.#behaviors.get(bank) ?? this.yes)(request, options));
  }

  /** The sent requests as text: `alder authorize ch_1.authorize.alder`. */
  get story(): string[] {
    return this.sent.map(({ bank, request }) => {
      const reference = request.kind === 'statement' ? '' : request.reference;
      return `${bank} ${request.kind} ${reference}`;
    });
  }

  now(): number {
    return noon + Math.floor(this.clock.monotonicMs());
  }

  readonly yes = ({ kind }: Request): WireResult => {
    const state = (
      { authorize: 'approved', capture: 'captured', void: 'voided', refund: 'refunded', reverse: 'reversed' } as const
    )[kind as 'authorize'];
    return this.says({ state, bankId: `id_${++this.#ids}`, reversals: [] });
  };

  says(answer: Record<string, unknown>): WireResult {
    return { kind: 'response', status: 200, body: { asOf: this.now(), now: this.now(), ...answer } };
  }
}

export const overloaded = (banks: StubBanks): WireResult => ({
  kind: 'response',
  status: 503,
  body: { error: { code: 'not_processed', message: 'busy' }, asOf: banks.now(), now: banks.now() },
});
export const reset: WireResult = { kind: 'no_response', cause: 'reset' };
export const timedOut: WireResult = { kind: 'no_response', cause: 'timeout' };
export const unreachable: WireResult = { kind: 'not_written', cause: 'connection_refused' };

/** Hangs until the time-out. */
export const hangs: StubBehavior = (_request, { signal }) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(timedOut), { once: true });
  });

const untraced = {
  isRecorded: () => false,
  recordSpan: () => undefined,
  startSpan: () => ({ traceparent: undefined, set: () => undefined, end: () => undefined }),
};

/** The gateway's clients of all four banks. */
export function banksBehind(port: BankPort, clock: Clock, limits: Partial<BankLimits> = {}): BankClients {
  const callers = Object.values(bankProtocol.bankProfiles).map(
    (profile) =>
      new BankCallers({
        config: {
          ...profile,
          url: `http://${profile.name}.test`,
          limits: { ...defaultLimits, backoff: { baseMs: 0, capMs: 0 }, ...limits },
        },
        port,
        clock,
      }),
  );
  return new BankClients(callers, clock, untraced as never, validForMs);
}
