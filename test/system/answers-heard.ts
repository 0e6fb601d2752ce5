import assert from 'node:assert/strict';
import { Stripe } from 'stripe';
import { faultsOfAnswer } from '#testing';

/** Holds every answer that a test hears to the types of the `stripe` package. */
export class AnswersHeard {
  readonly #faults = new Set<string>();

  /**
   * A replay was heard when it was first sent, perhaps by the previous version.
   *
   * @param request method and path
   */
  hear(request: string, status: number, headers: Readonly<Record<string, unknown>>, body: string): void {
    if (headers['idempotent-replayed'] === 'true') return;
    const about = request.replaceAll(/\b[a-z]+_[A-Za-z0-9]{8,}/g, ':id').replace(/\?.*/, '');
    const version = String(headers['stripe-version']);
    for (const fault of faultsOfAnswer(status, body, version)) this.#faults.add(`${about}, ${status}: ${fault}`);
  }

  /** The HTTP client that the official package uses by default, overheard. */
  httpClient(): Stripe.HttpClient {
    const client = Stripe.createNodeHttpClient();
    return {
      getClientName: () => client.getClientName(),
      makeRequest: async (...request) => {
        const response = await client.makeRequest(...request);
        const [, , path, method] = request;
        const read = response.toJSON.bind(response);
        response.toJSON = async () => {
          const body: unknown = await read();
          this.hear(`${method} ${path}`, response.getStatusCode(), response.getHeaders(), JSON.stringify(body));
          return body;
        };
        return response;
      },
    };
  }

  /** @throws AssertionError that names every fault once */
  assertFaultless(): void {
    assert.deepEqual([...this.#faults], [], "answers must be of the stripe package's types");
  }
}
