import { Inject, Injectable } from '@nestjs/common';
import { IDS } from '#service';
import type { Ids } from '#snowflake';
import { metadataAfter } from '../protocol/metadata.js';
import type { RequestClaim } from '../idempotency/key.js';
import { KeyedTransaction } from '../idempotency/keyed-transaction.js';
import { ListPages } from '../lists/list-pages.js';
import { jsonText } from '../protocol/json-text.js';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import { boundsOf, type ListCursor, type ListPlace } from '../protocol/list-parameters.js';
import { invalidRequest, resourceMissing } from '../protocol/stripe-error.js';
import { AccountClocks } from '../test-clocks/account-clocks.js';
import type {
  EndpointListParameters,
  EndpointUpdateParameters,
  NewEndpointParameters,
  SecretRollParameters,
} from './endpoint-parameters.js';
import { EndpointSecrets } from './endpoint-secrets.js';
import { WebhookEndpointRepository, type WebhookEndpoint } from './webhook-endpoint.repository.js';

const URL = '/v1/webhook_endpoints';

/** Stripe's limit, which bounds what an event costs. Endpoints that are made at once may pass it by a few. */
const ENDPOINTS_MAX = 16;

/** Use cases of webhook endpoints. */
@Injectable()
export class WebhookEndpoints {
  constructor(
    private readonly keyed: KeyedTransaction,
    private readonly endpoints: WebhookEndpointRepository,
    private readonly secrets: EndpointSecrets,
    private readonly clocks: AccountClocks,
    private readonly pages: ListPages,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  /** @throws StripeError 400 when the account has as many as it can have */
  async create(claim: RequestClaim, wanted: NewEndpointParameters): Promise<KeyedAnswer> {
    const { account } = claim;
    const answer = await this.keyed.answer(claim, async (tx) => {
      if ((await this.endpoints.count(tx, account)) >= ENDPOINTS_MAX)
        throw invalidRequest(
          `This account has ${ENDPOINTS_MAX} webhook endpoints, which is the most. Delete one first.`,
        );
      const createdAt = this.clocks.now(account);
      const made = {
        id: this.ids.next('we'),
        account,
        createdAt,
        status: 'enabled',
        secretVersion: 1,
        ...wanted,
      } as const;
      this.endpoints.insert(tx, made);
      return { status: 200, body: jsonText(endpointObject(made)) };
    });
    return this.withSecret(answer, 1);
  }

  /** @throws StripeError 404; it is not stored under the key */
  update(claim: RequestClaim, id: string, wanted: EndpointUpdateParameters): Promise<KeyedAnswer> {
    const { account } = claim;
    return this.keyed.answer(claim, async (tx) => {
      const before = await this.endpoints.lock(tx, account, id);
      if (!before) throw resourceMissing('webhook endpoint', id, 'id');
      const after = changed(before, wanted);
      this.endpoints.update(tx, after);
      return { status: 200, body: jsonText(endpointObject(after)) };
    });
  }

  /** The secret of before signs too for a while. @throws StripeError 404; it is not stored under the key */
  async rollSecret(claim: RequestClaim, id: string, { overlapMs }: SecretRollParameters): Promise<KeyedAnswer> {
    const answer = await this.keyed.answer(claim, async (tx) => {
      const found = await this.endpoints.lock(tx, claim.account, id);
      if (!found) throw resourceMissing('webhook endpoint', id, 'id');
      this.endpoints.roll(tx, id, overlapMs);
      return { status: 200, body: jsonText({ ...endpointObject(found), secret_version: found.secretVersion + 1 }) };
    });
    return this.withSecret(answer);
  }

  /** @throws StripeError 404 */
  async retrieve(account: string, id: string): Promise<object> {
    const found = await this.endpoints.find(account, id);
    if (!found) throw resourceMissing('webhook endpoint', id, 'id');
    return endpointObject(found);
  }

  /** @throws StripeError 404 */
  async delete(account: string, id: string): Promise<object> {
    if (!(await this.endpoints.delete(account, id))) throw resourceMissing('webhook endpoint', id, 'id');
    return { id, object: 'webhook_endpoint', deleted: true };
  }

  /** @throws StripeError 400 for a cursor that names no endpoint of the account */
  async list(account: string, { page, cursor }: EndpointListParameters): Promise<object> {
    const bounds = boundsOf(page, cursor, cursor && (await this.placeOf(account, cursor)));
    return this.pages.read({
      url: URL,
      account,
      page,
      bounds,
      load: (within, limit) => this.endpoints.list({ ...within, direction: page.direction, limit, account }),
      placeOf: ({ createdAt, id }) => ({ createdAt, id }),
      show: () => Promise.resolve(endpointObject),
    });
  }

  private async placeOf(account: string, { param, id }: ListCursor): Promise<ListPlace> {
    const found = await this.endpoints.find(account, id);
    if (!found) throw resourceMissing('webhook endpoint', id, param, 400);
    return found;
  }

  /** The stored answer has no secret: it is added when it is sent, for the first time or again. */
  private withSecret(keyed: KeyedAnswer, version?: number): KeyedAnswer {
    const { answer } = keyed;
    if (answer.status !== 200) return keyed;
    const { secret_version, ...object } = JSON.parse(answer.body) as { id: string; secret_version?: number };
    const secret = this.secrets.of(object.id, version ?? secret_version!);
    return { ...keyed, answer: { status: 200, body: jsonText({ ...object, secret }) } };
  }
}

function changed(before: WebhookEndpoint, wanted: EndpointUpdateParameters): WebhookEndpoint {
  const { description, disabled, enabledEvents, metadata, url } = wanted;
  return {
    ...before,
    ...(description !== undefined && { description }),
    ...(disabled !== undefined && { status: disabled ? 'disabled' : 'enabled' }),
    ...(enabledEvents !== undefined && { enabledEvents }),
    ...(metadata !== undefined && { metadata: metadataAfter(metadata, before.metadata) }),
    ...(url !== undefined && { url }),
  };
}

/** Stripe's webhook endpoint object, without the secret. */
export function endpointObject(endpoint: WebhookEndpoint): object {
  const { id, apiVersion, createdAt, description, enabledEvents, metadata, status, url } = endpoint;
  return {
    id,
    object: 'webhook_endpoint',
    api_version: apiVersion,
    application: null,
    created: Math.floor(createdAt / 1000),
    description,
    enabled_events: enabledEvents,
    livemode: false,
    metadata,
    status,
    url,
  };
}
