import type { ApiAnswer, RequestKind, ToldAnswer } from '#checker';
import type { SimulatedNetwork, SimulatedProcess } from '#virtual-time';
import type { MerchantExchange } from '../proof/state-recorder.js';
import type { RunningService } from '../service/running-service.js';
import type { WorldLog } from '../log/world-log.js';
import { UNKNOWN_ACCOUNT } from '../schedule/accounts.js';
import type { ApiKeys } from '../databases/api-keys.js';
import { bodyOf, SimulatedClient, isPassing, type ClientResponseBody, type ClientAttempt } from './client.js';
import { lookBack } from './look-back.js';
import {
  keyOf,
  type PlannedCharge,
  type MisuseAttempt,
  type MerchantOperation,
  type KeyRevocation,
  type TestClockUse,
  type PlannedRead,
  type Wanted,
} from '../operations/operation.js';
import * as requests from '../operations/requests.js';
import type { PlannedRequest } from '../operations/requests.js';
import { walk } from './walk.js';

const asked: Readonly<Record<Wanted['kind'], RequestKind>> = { create: 'charge', capture: 'capture', refund: 'refund' };
/** Probability that an acknowledged object is read at once from the other instance. */
const READS_BACK = 0.15;
const FORGOTTEN_AFTER_MS = 5_500;

/** Id of the object that an operation made. Resolves with its answer; undefined if it made none. */
type Made = PromiseWithResolvers<string | undefined>;

/** All merchants. Each operation is retried under its key until it has a final answer. Their answers are the history. */
export class Merchants {
  readonly history: ToldAnswer[] = [];
  readonly client: SimulatedClient;
  readonly #wanted = new Map<number, Wanted>();
  readonly #made = new Map<number, Made>();
  readonly #accounts = new Map<number, string>();
  readonly #unanswered = new Map<string, number>();

  constructor(
    private readonly process: SimulatedProcess,
    network: SimulatedNetwork,
    story: WorldLog,
    api: (place: number) => RunningService | undefined,
    private readonly onExchange: (exchange: MerchantExchange) => void,
    private readonly keys: ApiKeys | undefined,
  ) {
    this.client = new SimulatedClient(process, network, story, api, keys);
  }

  get exchanges(): SimulatedClient['exchanges'] {
    return this.client.exchanges;
  }

  get idle(): boolean {
    return this.#unanswered.size === 0;
  }

  /** Operations without a final answer yet. */
  get unanswered(): readonly string[] {
    return [...this.#unanswered.keys()];
  }

  begin(operation: MerchantOperation): void {
    switch (operation.kind) {
      case 'repeat': {
        const first = this.#wanted.get(operation.of);
        if (!first) return;
        for (let time = 0; time < operation.times; time++)
          this.#start(`repeats ${keyOf(first)}`, () => this.#want(first, 'repeats'));
        return;
      }
      case 'create':
        this.#wanted.set(operation.id, operation);
        this.#accounts.set(operation.id, operation.account);
        this.#made.set(operation.id, Promise.withResolvers());
        return this.#start(keyOf(operation), () => this.#want(operation, 'asks'));
      case 'capture':
      case 'refund': {
        const account = this.#accounts.get(operation.charge);
        if (account === undefined) return;
        this.#wanted.set(operation.id, operation);
        this.#accounts.set(operation.id, account);
        if (operation.kind === 'refund') this.#made.set(operation.id, Promise.withResolvers());
        return this.#start(keyOf(operation), () => this.#want(operation, 'asks'));
      }
      case 'update':
      case 'cancel_refund': {
        const { id, of } = operation;
        const call = (object: string): PlannedRequest =>
          operation.kind === 'update' ? requests.update(object, operation.details) : requests.cancelRefund(object);
        return this.#about(operation.kind, of, (object, account) =>
          this.#write(account, `${operation.kind}-${id}`, call(object), object),
        );
      }
      case 'retrieve':
      case 'walk':
      case 'balance':
        return this.#read(operation);
      case 'foreign':
      case 'malformed':
      case 'key_misuse':
        return this.#misuse(operation);
      case 'own_time':
        return this.#start('own time', () => this.#keepTime(operation));
      case 'revoke_key':
        return this.#start('a key that is revoked', () => this.#outliveKey(operation));
    }
  }

  /** One merchant reads its objects by every filter and expansion, and another account tries to read them. */
  reachForEverything(): void {
    const { random } = this.process;
    const account = random.pick([...this.#accounts.values()]);
    const others = new Set(this.#accounts.values());
    others.delete(account);
    const stranger = others.size > 0 ? random.pick([...others]) : UNKNOWN_ACCOUNT;
    this.#start('looking back', () => lookBack(this.client, account, stranger, random));
  }

  #start(what: string, work: () => Promise<void>): void {
    this.#unanswered.set(what, (this.#unanswered.get(what) ?? 0) + 1);
    this.process.scheduler.after(0, this.process, () => {
      void work().finally(() => {
        const left = this.#unanswered.get(what)! - 1;
        if (left === 0) this.#unanswered.delete(what);
        else this.#unanswered.set(what, left);
      });
    });
  }

  /** Runs the work once the operation has made an object, if it makes one. */
  #about(what: string, operation: number, work: (object: string, account: string) => Promise<void>): void {
    const [made, account] = [this.#made.get(operation), this.#accounts.get(operation)];
    if (!made || account === undefined) return;
    this.#start(`${what} of ${operation}`, async () => {
      const object = await made.promise;
      if (object !== undefined) await work(object, account);
    });
  }

  async #want(wanted: Wanted, how: string): Promise<void> {
    const account = this.#accounts.get(wanted.id)!;
    const charge = wanted.kind === 'create' ? undefined : await this.#made.get(wanted.charge)!.promise;
    if (wanted.kind !== 'create' && charge === undefined) return this.#made.get(wanted.id)?.resolve(undefined);
    const made = this.#made.get(wanted.id);
    const key = keyOf(wanted);
    const sending = { account, key, call: callOf(wanted, charge), what: `${how} ${key}` };
    const { answer, place } = await this.client.ask(sending, (heard) => {
      const about = this.#record(wanted, heard, charge);
      if (wanted.kind === 'create' && about !== undefined) made!.resolve(about);
    });
    const { id } = bodyOf(answer);
    made?.resolve(answer.status === 200 ? id : undefined);
    if (answer.status === 200) await this.#readBack(account, id, place);
  }

  /** @returns the charge that the answer names, if any */
  #record(wanted: Wanted, { answer, sentMs }: ClientAttempt, knownCharge: string | undefined): string | undefined {
    const common = { account: this.#accounts.get(wanted.id)!, key: historyKeyOf(wanted), asked: asked[wanted.kind] };
    // An answer that is not stored under the key leaves the outcome unknown.
    if (!answer || answer.status >= 500 || isPassing(answer)) {
      this.#told({ ...common, kind: 'info' }, sentMs);
      return undefined;
    }
    const { status, body, replayed } = answer;
    const chargeId = knownCharge ?? chargeOf(bodyOf(answer));
    const about = chargeId === undefined ? {} : { chargeId };
    this.#told({ ...common, kind: status === 200 ? 'ok' : 'fail', status, body, ...about }, sentMs, replayed);
    return chargeId;
  }

  #told(told: ToldAnswer, sentMs: number, replayed = false): void {
    this.history.push(told);
    this.onExchange({ told, sentMs, endedMs: this.process.scheduler.nowMs, replayed });
  }

  async #write(account: string, key: string, call: PlannedRequest, object: string): Promise<void> {
    const { answer, place } = await this.client.ask({ account, key, call, what: key });
    if (answer.status === 200) await this.#readBack(account, object, place);
  }

  async #readBack(account: string, object: string | undefined, place: number): Promise<void> {
    if (object === undefined || !this.process.random.chance(READS_BACK)) return;
    const what = `reads ${object} back`;
    await this.client.ask({ account, call: requests.retrieve(object), what, place: place + 1 });
  }

  #read(reading: PlannedRead): void {
    switch (reading.kind) {
      case 'retrieve':
        return this.#about('retrieve', reading.of, (object, account) =>
          this.#retrieve(account, object, reading.expand),
        );
      case 'balance': {
        const { account } = reading;
        return this.#start('balance', async () => {
          await this.client.ask({ account, call: requests.balance(), what: 'looks at its balance' });
        });
      }
      case 'walk':
        if (reading.about === undefined) return this.#start('walk', () => walk(this.client, reading, undefined));
        return this.#about('walk', reading.about, (object) => walk(this.client, reading, object));
    }
  }

  async #retrieve(account: string, object: string, expand: readonly string[]): Promise<void> {
    const call = requests.retrieve(object, expand);
    const { answer } = await this.client.ask({ account, call, what: `retrieves ${object}` });
    const { balance_transaction: transaction } = bodyOf(answer);
    if (!transaction) return;
    const id = typeof transaction === 'string' ? transaction : transaction.id;
    const then = requests.retrieve(id, expand.length > 0 ? ['source'] : []);
    await this.client.ask({ account, call: then, what: `retrieves ${id}` });
  }

  #misuse(misuse: MisuseAttempt): void {
    switch (misuse.kind) {
      case 'foreign': {
        const { id, account, attempt } = misuse;
        return this.#about('foreign', misuse.of, async (object) => {
          const call = requests.foreign(attempt, object);
          const key = call.method === 'POST' ? `foreign-${id}` : undefined;
          await this.client.ask({ account, key, call, what: `tries to ${attempt} ${object} of another` });
        });
      }
      case 'malformed': {
        const { id, account, mistake } = misuse;
        const call = requests.malformed(mistake);
        const key = call.method === 'POST' ? `malformed-${id}` : undefined;
        return this.#start(`malformed-${id}`, async () => {
          await this.client.ask({ account, key, call, what: `makes a mistake: ${mistake}` });
        });
      }
      case 'key_misuse': {
        const first = this.#wanted.get(misuse.of);
        if (!first) return;
        const key = keyOf(first);
        return this.#start(`misuse of ${key}`, async () => {
          const charge = first.kind === 'create' ? undefined : await this.#made.get(first.charge)!.promise;
          if (first.kind !== 'create' && charge === undefined) return;
          const account = this.#accounts.get(first.id)!;
          // If the first request has not arrived, this one would claim the key.
          if (!this.#isKnown(account, key)) return;
          const call = misuse.elsewhere ? this.#elsewhere(first, account) : otherwise(callOf(first, charge));
          if (!call) return;
          await this.client.ask({ account, key, call, what: `uses ${key} for something else` });
        });
      }
    }
  }

  /** A valid request at another endpoint. */
  #elsewhere(first: Wanted, account: string): PlannedRequest | undefined {
    if (first.kind !== 'create') return requests.goodCharge;
    const charge = this.exchanges.find(
      (sent) => sent.account === account && sent.key === keyOf(first) && sent.answer,
    )?.answer;
    const id = charge && bodyOf(charge).id;
    return id === undefined ? undefined : requests.createRefund(id, 1);
  }

  #isKnown(account: string, key: string): boolean {
    return this.exchanges.some((sent) => sent.account === account && sent.key === key && sent.answer?.status === 200);
  }

  async #keepTime({ id, account, aheadMs, advances }: TestClockUse): Promise<void> {
    const ask = async (call: PlannedRequest, key: string): Promise<ApiAnswer> =>
      (await this.client.ask({ account, key, call, what: key })).answer;
    const secondsIn = (ms: number): number => Math.floor((this.client.nowMs + ms) / 1_000);
    let ahead = aheadMs;
    const clock = bodyOf(await ask(requests.startClock(secondsIn(ahead)), `clock-${id}`)).id;
    if (clock === undefined) return;
    for (const [place, { afterMs, byMs }] of advances.entries()) {
      await this.client.pause(afterMs);
      ahead += byMs;
      await ask(requests.advanceClock(clock, secondsIn(ahead)), `clock-${id}-${place}`);
    }
  }

  /** Uses a key before and after its revocation; the last use is after every cache has expired. */
  async #outliveKey({ account, everyMs, revokedAfterMs }: KeyRevocation): Promise<void> {
    const { scheduler } = this.process;
    const call = requests.balance();
    const revokedMs = scheduler.nowMs + revokedAfterMs;
    scheduler.after(revokedAfterMs, this.process, () => void this.keys?.revoke(account));
    for (let place = 0; scheduler.nowMs < revokedMs + FORGOTTEN_AFTER_MS; place++) {
      await this.client.send({ account, call, what: `${account} looks at its balance`, place });
      await this.client.pause(everyMs);
    }
    await this.client.ask({ account, call, what: `${account} looks at its balance` });
  }
}

function callOf(wanted: Wanted, charge: string | undefined): PlannedRequest {
  switch (wanted.kind) {
    case 'create':
      return requests.createCharge(wanted);
    case 'capture':
      return requests.captureCharge(charge!, wanted.amountMinor);
    case 'refund':
      return wanted.id % 3 === 0
        ? requests.refundUnder(charge!, wanted.amountMinor, wanted.details)
        : requests.createRefund(charge!, wanted.amountMinor, wanted.details);
  }
}

/** The same request with another amount. */
const otherwise = ({ parameters, ...call }: PlannedRequest): PlannedRequest => ({
  ...call,
  parameters: { ...parameters, amount: String(Number(parameters['amount'] ?? 1_000) + 1) },
});

/** Key for the history: a key that is reused after its expiry counts as another one. */
const historyKeyOf = (wanted: Wanted): string => (isAnew(wanted) ? `${keyOf(wanted)} again` : keyOf(wanted));

const isAnew = (wanted: Wanted): wanted is PlannedCharge => wanted.kind === 'create' && wanted.keyOf !== undefined;

const chargeOf = ({ object, id, error }: ClientResponseBody): string | undefined =>
  object === 'charge' ? id : error?.charge;
