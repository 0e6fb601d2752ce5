import { lookup as resolve, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { isPrivateAddress } from './private-address.js';
import type { WebhookAnswer, WebhookRequest, WebhookSender } from './webhook-sender.js';

const CONNECT_WITHIN_MS = 5_000;
/** What a receiver says in its answer is not kept, but it is read, so that the connection can be used again. */
const ANSWER_BYTES_MAX = 64 * 1_024;
const IDLE_FOR_MS = 4_000;

class PrivateTargetError extends Error {
  readonly code = 'private_target';

  constructor(host: string) {
    super(`${host} is a private, loopback or link-local address, where strict mode sends nothing.`);
  }
}

/** Webhooks over HTTP/1.1. Redirects are not followed. */
export class HttpWebhookSender implements WebhookSender {
  readonly #agent: Agent;

  /** @param refusesPrivate decided by the address that is connected to, after the name was resolved */
  constructor({ refusesPrivate }: { readonly refusesPrivate: boolean }) {
    this.#agent = new Agent({
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: IDLE_FOR_MS,
      // The deliverer's own time-out ends a request.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: refusesPrivate ? publicConnector() : { timeout: CONNECT_WITHIN_MS },
    });
  }

  async send({ url, body, signature }: WebhookRequest, signal: AbortSignal): Promise<WebhookAnswer> {
    const { origin, pathname, search } = new URL(url);
    try {
      const answer = await this.#agent.request({
        origin,
        path: `${pathname}${search}`,
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': signature,
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          accept: '*/*; q=0.5, application/xml',
          'cache-control': 'no-cache',
        },
        body,
        signal,
      });
      // A body that hangs or has no end changes nothing: the status has arrived.
      answer.body.dump({ limit: ANSWER_BYTES_MAX, signal }).catch(() => undefined);
      return { status: answer.statusCode, error: null };
    } catch (error) {
      return { status: null, error: signal.aborted ? 'It did not answer in time.' : reasonOf(error) };
    }
  }

  /** Ends connections in use too. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** Refuses addresses, not names: a name may resolve to a public address when it is checked and to a private one later. */
function publicConnector(): buildConnector.connector {
  const connect = buildConnector({ timeout: CONNECT_WITHIN_MS, lookup: lookupPublic });
  return (options, callback) => {
    const host = options.hostname.replaceAll(/[[\]]/g, '');
    // An address in the URL is connected to without a look-up.
    if (isIP(host) && isPrivateAddress(host)) callback(new PrivateTargetError(host), null);
    else connect(options, callback);
  };
}

const lookupPublic: LookupFunction = (host, options, callback) => {
  resolve(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
    const hidden = error ? undefined : found.find(({ address }) => isPrivateAddress(address));
    if (error || hidden) callback(error ?? new PrivateTargetError(host), '', 0);
    else if (options.all) callback(null, found);
    else callback(null, found[0]!.address, found[0]!.family);
  });
};

function reasonOf(error: unknown): string {
  const { message, code } = error as Error & { code?: string };
  return code === undefined || code === 'private_target' ? message : `${code}: ${message}`;
}
