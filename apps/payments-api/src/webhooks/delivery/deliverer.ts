import type { Clock } from '#clock';
import { GroupCommit } from '#postgres';
import type { Job } from '#service';
import type { Log } from '#telemetry';
import { stripeEventObject } from '../../stripe-events/stripe-event.js';
import type { EndpointSecrets } from '../endpoint-secrets.js';
import type { DeliveryAttempt } from '../webhook-delivery.entity.js';
import type { WebhookAttemptOutcome } from './delivery-metrics.js';
import { nextAttemptDelayMs } from './delivery-schedule.js';
import { EndpointLane } from './endpoint-lane.js';
import { stripeSignature } from './signature.js';
import type {
  ClaimedDelivery,
  ClaimWish,
  DeliveryOutcome,
  WebhookDeliveryRepository,
} from './webhook-delivery.repository.js';
import type { WebhookAnswer, WebhookSender } from './webhook-sender.js';

/** Stripe does not say its own. */
export const ANSWER_WITHIN_MS = 10_000;
/** Longer than an attempt and its record take. */
const LEASE_MS = 20_000;
const LOOK_EVERY_MS = 1_000;
const ENDPOINTS_PER_LOOK = 500;
/** Attempts that a delivery remembers. */
const LOG_MAX = 20;

export interface DelivererParts {
  readonly deliveries: Pick<WebhookDeliveryRepository, 'claim' | 'record' | 'due' | 'isTransient'>;
  readonly sender: WebhookSender;
  readonly secrets: EndpointSecrets;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: (outcome: WebhookAttemptOutcome, durationMs: number) => void;
}

/**
 * Delivers events on every instance: the one that commits an event is told of it, and all look for what is due. However
 * many endpoints there are, two connections to the database are used.
 */
export class Deliverer {
  readonly #lanes = new Map<string, EndpointLane>();
  /** Endpoints whose deliveries are being claimed; true: ask again afterwards. */
  readonly #claiming = new Map<string, boolean>();
  readonly #claims: GroupCommit<ClaimWish, ClaimedDelivery[]>;
  readonly #records: GroupCommit<DeliveryOutcome, void>;
  readonly #stopping = new AbortController();
  #lookedAt = '';

  constructor(private readonly parts: DelivererParts) {
    this.#claims = new GroupCommit({ run: (wishes) => this.#claim(wishes), maxBatch: 64 });
    this.#records = new GroupCommit({ run: (outcomes) => this.#record(outcomes), maxBatch: 64 });
  }

  readonly look: Job = { name: 'webhook-delivery', everyMs: LOOK_EVERY_MS, run: () => this.#look() };

  /** There are deliveries for these endpoints. */
  tell(endpointIds: readonly string[]): void {
    for (const id of endpointIds) void this.#work(id);
  }

  /** A merchant asks for attempts now. */
  wake(endpointIds: readonly string[]): void {
    for (const id of endpointIds) this.#lanes.get(id)?.wake();
    this.tell(endpointIds);
  }

  /** Attempts under way end without a record, so that another instance repeats them. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#claims.drain(), this.#records.drain()]);
  }

  async #look(): Promise<void> {
    const endpoints = await this.parts.deliveries.due(this.#lookedAt, ENDPOINTS_PER_LOOK);
    this.#lookedAt = endpoints.length < ENDPOINTS_PER_LOOK ? '' : endpoints.at(-1)!.id;
    this.tell(endpoints.filter(({ isDue }) => isDue).map(({ id }) => id));
  }

  /** Claims as much as the endpoint's lane takes, until nothing is due. */
  async #work(endpointId: string): Promise<void> {
    if (this.#claiming.has(endpointId)) return void this.#claiming.set(endpointId, true);
    const lane = this.#laneOf(endpointId);
    const count = lane.free;
    lane.isAsked = count === 0;
    if (count === 0 || this.#stopping.signal.aborted) return;
    this.#claiming.set(endpointId, false);
    let claimed: ClaimedDelivery[] = [];
    try {
      claimed = await this.#claims.submit({ endpointId, count });
    } catch (error) {
      this.#failed(error, 'webhooks could not be claimed; the next look does it');
    }
    const isAsked = this.#claiming.get(endpointId) === true;
    this.#claiming.delete(endpointId);
    if (claimed.length === count) lane.isAsked = true;
    for (const delivery of claimed) void this.#attempt(lane, delivery);
    if (claimed.length === 0) this.#forget(endpointId, lane);
    if (isAsked) await this.#work(endpointId);
  }

  async #attempt(lane: EndpointLane, delivery: ClaimedDelivery): Promise<void> {
    const { endpointId } = delivery;
    lane.begin();
    const outcome = await this.#outcomeOf(delivery);
    lane.end(outcome?.state === 'delivered');
    if (!outcome) return;
    if (lane.isAsked) void this.#work(endpointId);
    else this.#forget(endpointId, lane);
    try {
      await this.#records.submit(outcome);
    } catch (error) {
      this.#failed(error, 'what became of a webhook could not be stored; it will be repeated');
    }
  }

  /** @returns undefined when the process ends first */
  async #outcomeOf(delivery: ClaimedDelivery): Promise<DeliveryOutcome | undefined> {
    const { url, isEnabled, attempts } = delivery;
    if (url === null || !isEnabled) return this.#outcome(delivery, 'abandoned', []);
    const { clock, observe } = this.parts;
    const [at, startedMs] = [clock.now(), clock.monotonicMs()];
    const answer = await this.#send(url, delivery);
    if (this.#stopping.signal.aborted && answer.status === null) return undefined;
    const durationMs = Math.round(clock.monotonicMs() - startedMs);
    const attempt: DeliveryAttempt = { at, status: answer.status, durationMs, error: answer.error };
    if (answer.status !== null && answer.status >= 200 && answer.status < 300) {
      observe('delivered', durationMs);
      return this.#outcome(delivery, 'delivered', [attempt]);
    }
    const delayMs = nextAttemptDelayMs(attempts, () => clock.random());
    observe(delayMs === null ? 'abandoned' : answer.status === null ? 'unanswered' : 'refused', durationMs);
    return this.#outcome(delivery, delayMs === null ? 'abandoned' : 'pending', [attempt], delayMs ?? 0);
  }

  #outcome(
    { eventId, endpointId, attempts, log }: ClaimedDelivery,
    state: DeliveryOutcome['state'],
    attempted: readonly DeliveryAttempt[],
    delayMs = 0,
  ): DeliveryOutcome {
    return { eventId, endpointId, attempts, state, delayMs, log: [...log, ...attempted].slice(-LOG_MAX) };
  }

  async #send(url: string, delivery: ClaimedDelivery): Promise<WebhookAnswer> {
    const { clock, secrets, sender } = this.parts;
    const { endpointId, secretVersion: version, hasOverlap, pending } = delivery;
    const body = JSON.stringify(stripeEventObject(delivery, pending));
    const signing = secrets.allOf({ endpointId, version, hasOverlap });
    const signature = stripeSignature(body, signing, Math.floor(clock.now() / 1_000));
    const late = new AbortController();
    const timer = clock.after(ANSWER_WITHIN_MS, () => late.abort());
    const signal = AbortSignal.any([late.signal, this.#stopping.signal]);
    const answer = await sender.send({ url, body, signature }, signal);
    timer.cancel();
    return answer;
  }

  async #claim(wishes: readonly ClaimWish[]): Promise<ClaimedDelivery[][]> {
    const claimed = await this.parts.deliveries.claim(wishes, LEASE_MS);
    const byEndpoint = Map.groupBy(claimed, ({ endpointId }) => endpointId);
    return wishes.map(({ endpointId }) => byEndpoint.get(endpointId) ?? []);
  }

  async #record(outcomes: readonly DeliveryOutcome[]): Promise<void[]> {
    await this.parts.deliveries.record(outcomes);
    return outcomes.map(() => undefined);
  }

  #laneOf(endpointId: string): EndpointLane {
    let lane = this.#lanes.get(endpointId);
    if (!lane) this.#lanes.set(endpointId, (lane = new EndpointLane(this.parts.clock)));
    return lane;
  }

  #forget(endpointId: string, lane: EndpointLane): void {
    if (lane.isFresh) this.#lanes.delete(endpointId);
  }

  #failed(error: unknown, what: string): void {
    const { deliveries, log } = this.parts;
    if (deliveries.isTransient(error)) log.warn({ err: error }, what);
    else log.error({ err: error }, what);
  }
}
