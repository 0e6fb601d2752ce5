import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Stripe } from 'stripe';

export interface ReceivedWebhook {
  readonly event: Stripe.Event;
  readonly headers: IncomingHttpHeaders;
}

const { webhooks } = new Stripe('sk_test_none');

/** A merchant's endpoint on loopback, which verifies each webhook as the official package does. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** What did not verify. */
  readonly rejected: string[] = [];
  secret = '';
  /** How it answers; null: not at all. */
  answers: { status: number; headers?: Record<string, string> } | null = { status: 200 };

  private constructor(private readonly server: Server) {}

  static async open(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        receiver.take(Buffer.concat(chunks).toString('utf8'), request.headers);
        const { answers } = receiver;
        if (answers) response.writeHead(answers.status, answers.headers).end('what is read and not kept');
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook?from=holdfast`;
  }

  get ids(): string[] {
    return this.received.map(({ event }) => event.id);
  }

  close(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  private take(body: string, headers: IncomingHttpHeaders): void {
    try {
      const event = webhooks.constructEvent(body, headers['stripe-signature']!, this.secret);
      this.received.push({ event, headers });
    } catch (error) {
      this.rejected.push(String(error));
    }
  }
}
