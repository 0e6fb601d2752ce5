import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Clock } from '#clock';
import { bankProtocol } from '#contracts';
import { limitClients } from '#http-door';
import { type AllowedHosts, refusalAtLocalDoor } from '#local-door';
import { errorReply } from '../books/decision.js';
import type { FaultRules } from '../faults/fault-rules.js';
import { HttpBankExchange, sendReply } from './exchange.controller.js';
import type { OpenBank } from './open-bank.js';
import { answerRequest, receiveRequest, type RequestOnWire } from './receive-request.js';

const bodyBytesMax = 64 * 1024;

/**
 * A bank's port. Plain node:http: the faults live in the sockets, and every charge comes through here twice.
 */
export class BankController {
  readonly #server: Server;
  readonly #stopping = new AbortController();
  #port: number;
  readonly #answering = new Set<Promise<void>>();
  #bank: OpenBank | undefined;
  #portChange: Promise<void> = Promise.resolve();

  constructor(
    private readonly name: bankProtocol.BankName,
    private readonly address: { host: string; port: number; allowedHosts: AllowedHosts },
    private readonly rules: FaultRules,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.#port = address.port;
    // A long keep-alive: closing an idle connection could lose a request in transit.
    this.#server = createServer({ keepAlive: true, noDelay: true, keepAliveTimeout: 600_000 });
    limitClients(this.#server);
    this.#server.on('request', (incoming, outgoing) => this.#receive(incoming, outgoing));
  }

  get url(): string {
    return `http://${this.address.host}:${this.#port}`;
  }

  /** Binds the port. Until `open`, every request gets 503 `not_processed`. */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, this.address.host);
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  open(bank: OpenBank): void {
    this.#bank = bank;
  }

  /** Closes or opens the port by the current rules. A closed port refuses connections. */
  followRules(): Promise<void> {
    const change = this.#portChange.then(() => this.#matchRules());
    this.#portChange = change.catch(() => undefined);
    return change;
  }

  /** Finishes requests in progress, answers new ones with 503, and closes connections that a fault keeps waiting. */
  async close(): Promise<void> {
    this.#stopping.abort();
    this.#bank = undefined;
    await Promise.allSettled([this.#portChange, ...this.#answering]);
    if (this.#server.listening) await this.#closePort();
  }

  async #matchRules(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const closed = this.rules.closesPortOf(this.name);
    if (closed && this.#server.listening) await this.#closePort();
    if (!closed && !this.#server.listening) await this.listen();
  }

  async #closePort(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #receive(incoming: IncomingMessage, outgoing: ServerResponse): void {
    outgoing.sendDate = false;
    const refusal = refusalAtLocalDoor(incoming.headers, this.address.allowedHosts);
    if (refusal !== undefined) {
      const now = this.clock.now();
      sendReply(outgoing, errorReply(403, 'invalid_request', refusal, now), now);
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bodyBytesMax) incoming.destroy();
      else chunks.push(chunk);
    });
    incoming.on('end', () => {
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      this.#serve(incoming, outgoing, body.toString()).catch((error: unknown) => {
        if (this.#stopping.signal.aborted) return;
        this.logger.error({ err: error, bank: this.name }, 'a request could not be served');
        incoming.socket.resetAndDestroy();
      });
    });
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse, body: string): Promise<void> {
    const bank = this.#bank;
    if (!bank) {
      const now = this.clock.now();
      return sendReply(outgoing, errorReply(503, 'not_processed', 'the bank is not open', now), now);
    }
    const received = receiveRequest(this.name, bank, this.rules, {
      method: incoming.method!,
      target: incoming.url!,
      body,
      sender: senderIn(incoming),
    });
    if ('refusal' in received) return sendReply(outgoing, received.refusal, bank.now());
    const exchange = new HttpBankExchange(incoming, outgoing, bank, {
      ...received,
      clock: this.clock,
      stopping: this.#stopping.signal,
    });
    const answered = answerRequest(received.strike, exchange);
    // A fault may keep its caller waiting forever: do not await it in the shutdown.
    if (received.strike) return answered;
    this.#answering.add(answered);
    return answered.finally(() => this.#answering.delete(answered));
  }
}

function senderIn({ headers }: IncomingMessage): RequestOnWire['sender'] {
  const { instanceId, attemptId, traceparent } = bankProtocol.headers;
  return {
    ...kept('instanceId', headers[instanceId]),
    ...kept('attemptId', headers[attemptId]),
    ...kept('traceparent', headers[traceparent]),
  };
}

const kept = <Name extends string>(name: Name, value: string | string[] | undefined): { [N in Name]?: string } =>
  typeof value === 'string' ? ({ [name]: value.slice(0, 128) } as { [N in Name]: string }) : {};
