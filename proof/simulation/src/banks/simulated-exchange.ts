import type { WireResult } from '#bank-call';
import type { bankProtocol } from '#contracts';
import type { BankReply, FaultEffect } from '../../../../apps/bank-simulator/src/books/decision.js';
import type { OpenBank } from '../../../../apps/bank-simulator/src/desk/open-bank.js';
import type { AcceptedRequest } from '../../../../apps/bank-simulator/src/desk/receive-request.js';
import type { BankExchange } from '../../../../apps/bank-simulator/src/faults/exchange.js';
import type { SimulatedProcess } from '#virtual-time';

export interface ExchangeCaller {
  /** Delivers the answer, if the caller still waits. */
  answer(fact: WireResult): void;
  /** Resolves at the bank when the caller has disconnected. */
  readonly left: Promise<void>;
}

/** One request and its answer between a process and a simulated bank, for the bank's faults to act on. */
export class SimulatedExchange implements BankExchange {
  constructor(
    private readonly bank: OpenBank,
    private readonly received: AcceptedRequest,
    private readonly caller: ExchangeCaller,
    private readonly process: SimulatedProcess,
  ) {}

  get operation(): bankProtocol.BankOperation {
    return this.received.request.kind;
  }

  deliver(twist?: FaultEffect): Promise<BankReply> {
    return this.bank.deliver(this.received.request, this.received.attemptId, twist);
  }

  now(): number {
    return this.bank.now();
  }

  send(reply: BankReply): void {
    this.caller.answer({ kind: 'response', status: reply.status, body: { ...reply.body, now: this.now() } });
  }

  begin(reply: BankReply): ReturnType<BankExchange['begin']> {
    const body = { ...reply.body, now: this.now() };
    const payload = Buffer.from(JSON.stringify(body));
    let written = 0;
    return {
      payload,
      write: (bytes) => void (written += bytes.length),
      end: () => this.caller.answer({ kind: 'response', status: reply.status, body }),
      breakOff: () =>
        this.caller.answer(
          written === 0 ? { kind: 'no_response', cause: 'reset' } : { kind: 'broken_response', cause: 'cut' },
        ),
    };
  }

  sendText(status: number, text: string): void {
    try {
      this.caller.answer({ kind: 'response', status, body: JSON.parse(text) as unknown });
    } catch {
      this.caller.answer({ kind: 'broken_response', cause: 'malformed' });
    }
  }

  reset(): void {
    this.caller.answer({ kind: 'no_response', cause: 'reset' });
  }

  callerLeft(): Promise<void> {
    return this.caller.left;
  }

  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.process.scheduler.after(delayMs, this.process, resolve));
  }

  random(): number {
    return this.received.strike?.random() ?? 0;
  }
}
