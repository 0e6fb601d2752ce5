import { createHmac } from 'node:crypto';
import type { WebhookReceipt } from '#checker';
import type { Server } from '#memory-postgres';
import type { Random, SimulatedNetwork, SimulatedProcess } from '#virtual-time';
import { KeyedHash } from '../../../../apps/payments-api/src/accounts/keyed-hash.js';
import { EndpointSecrets } from '../../../../apps/payments-api/src/webhooks/endpoint-secrets.js';
import type {
  WebhookAnswer,
  WebhookRequest,
  WebhookSender,
} from '../../../../apps/payments-api/src/webhooks/delivery/webhook-sender.js';
import { API_SECRET } from '../databases/api-keys.js';
import { accounts } from '../schedule/accounts.js';

/** How a receiver fails for a while. `forgets`: it takes the webhook, and its answer is lost. */
const failures = ['refuses', 'hangs', 'resets', 'forgets'] as const;
type ReceiverFailure = (typeof failures)[number];

interface Outage {
  readonly url: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly failure: ReceiverFailure;
}

/** The longest outage. Retries have then not yet backed off further than a world waits for its rest. */
const OUTAGE_MAX_MS = 15_000;
/** Outages begin within this time of a world. */
const OUTAGES_WITHIN_MS = 60_000;

const endpoints = accounts.map((account, place) => ({
  id: `we_0000000000${place}`,
  account,
  url: `https://${account}.example/hook`,
}));
const secrets = new EndpointSecrets(new KeyedHash(API_SECRET));

const endpointsSql = `INSERT INTO webhook_endpoint (id, account, created_at, url, enabled_events, status, metadata)
  VALUES ${endpoints.map(({ id, account, url }) => `('${id}', '${account}', to_timestamp(0), '${url}', ARRAY['*'], 'enabled', '{}')`).join(', ')}`;

/** Merchants' receivers behind a simulated network. They verify what they get, die and come back. */
export class SimulatedReceivers {
  readonly endpoints = endpoints;
  readonly receipts: WebhookReceipt[] = [];
  readonly #outages: readonly Outage[];

  constructor(
    private readonly process: SimulatedProcess,
    private readonly network: SimulatedNetwork,
    random: Random,
  ) {
    this.#outages = endpoints.flatMap(({ url }) =>
      Array.from({ length: random.integer(0, 2) }, () => {
        const fromMs = random.integer(0, OUTAGES_WITHIN_MS);
        return { url, fromMs, untilMs: fromMs + random.integer(1, OUTAGE_MAX_MS), failure: random.pick(failures) };
      }),
    );
  }

  /** Makes the endpoints before the first charge, by SQL and without taking time. */
  register(server: Server): void {
    server.connect().submit(endpointsSql, [], (reply) => {
      if ('error' in reply) throw reply.error;
    });
  }

  /** The way of one process to the receivers. */
  senderOf(caller: SimulatedProcess): WebhookSender {
    return { send: (request, signal) => this.#send(caller, request, signal) };
  }

  #send(caller: SimulatedProcess, request: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer> {
    const { network } = this;
    const { scheduler } = caller;
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ status: null, error: 'It did not answer in time.' }), {
        once: true,
      });
      const answer = (given: WebhookAnswer): void =>
        void scheduler.after(network.latencyMs(), caller, () => resolve(given));
      scheduler.after(network.latencyMs(), this.process, () => {
        const failure = this.#failureOf(request.url, scheduler.nowMs);
        this.#receive(request, failure === undefined || failure === 'forgets');
        if (failure === 'hangs') return;
        if (failure === 'refuses') answer({ status: 500, error: null });
        else if (failure !== undefined) answer({ status: null, error: 'ECONNRESET: the connection was reset' });
        else answer({ status: 200, error: null });
      });
    });
  }

  #failureOf(url: string, nowMs: number): ReceiverFailure | undefined {
    return this.#outages.find((outage) => outage.url === url && nowMs >= outage.fromMs && nowMs < outage.untilMs)
      ?.failure;
  }

  #receive({ url, body, signature }: WebhookRequest, isTaken: boolean): void {
    const endpoint = endpoints.find((each) => each.url === url);
    if (!endpoint) throw new Error(`no receiver listens at ${url}`);
    const { id: eventId } = JSON.parse(body) as { id?: string };
    this.receipts.push({
      endpointId: endpoint.id,
      eventId,
      isVerified: isSignedFor(endpoint.id, body, signature),
      isTaken,
    });
  }
}

/** Stripe's documented scheme, beside the one that production signs by. */
function isSignedFor(endpointId: string, body: string, signature: string): boolean {
  const parts = signature.split(',').map((part) => part.split('=', 2) as [string, string]);
  const time = parts.find(([name]) => name === 't')?.[1] ?? '';
  const expected = createHmac('sha256', secrets.of(endpointId, 1)).update(`${time}.${body}`).digest('hex');
  return parts.some(([name, value]) => name === 'v1' && value === expected);
}
