import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '#clock';
import type { bankProtocol } from '#contracts';
import type { BankReply, FaultEffect } from '../books/decision.js';
import type { BankExchange } from '../faults/exchange.js';
import type { OpenBank } from './open-bank.js';
import type { AcceptedRequest } from './receive-request.js';

/** An exchange over HTTP. Writes after the caller has disconnected are dropped. */
export class HttpBankExchange implements BankExchange {
  constructor(
    private readonly incoming: IncomingMessage,
    private readonly outgoing: ServerResponse,
    private readonly bank: OpenBank,
    private readonly context: AcceptedRequest & { readonly clock: Clock; readonly stopping: AbortSignal },
  ) {}

  get operation(): bankProtocol.BankOperation {
    return this.context.request.kind;
  }

  deliver(twist?: FaultEffect): Promise<BankReply> {
    return this.bank.deliver(this.context.request, this.context.attemptId, twist);
  }

  now(): number {
    return this.bank.now();
  }

  send(reply: BankReply): void {
    sendReply(this.outgoing, reply, this.now());
  }

  begin(reply: BankReply): ReturnType<BankExchange['begin']> {
    const payload = payloadOf(reply, this.now());
    this.outgoing.writeHead(reply.status, headersOf(reply, payload));
    return {
      payload,
      write: (bytes) => void this.outgoing.write(bytes),
      end: () => void this.outgoing.end(),
      breakOff: () => void this.incoming.socket.end(),
    };
  }

  sendText(status: number, text: string): void {
    this.outgoing.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    this.outgoing.end(text);
  }

  reset(): void {
    this.incoming.socket.resetAndDestroy();
  }

  callerLeft(): Promise<void> {
    if (this.outgoing.closed) return Promise.resolve();
    return new Promise((resolve) => this.outgoing.once('close', resolve));
  }

  pause(delayMs: number): Promise<void> {
    return this.context.clock.sleep(delayMs, this.context.stopping);
  }

  random(): number {
    return this.context.strike?.random() ?? 0;
  }
}

/** Sends a complete answer with the bank's current time. */
export function sendReply(outgoing: ServerResponse, reply: BankReply, now: number): void {
  const payload = payloadOf(reply, now);
  outgoing.writeHead(reply.status, headersOf(reply, payload));
  outgoing.end(payload);
}

const payloadOf = (reply: BankReply, now: number): Buffer => Buffer.from(JSON.stringify({ ...reply.body, now }));

const headersOf = (reply: BankReply, payload: Buffer): Record<string, string | number> => ({
  'content-type': 'application/json',
  'content-length': payload.length,
  ...reply.headers,
});
