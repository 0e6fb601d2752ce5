import { Inject, Injectable } from '@nestjs/common';
import type { Instant } from '#clock';
import type { PgTransaction } from '#postgres';
import type { Aggregates, Saved, WorkingSet } from '#saga';
import {
  nameOf,
  requestIdOfInternalKey,
  type GivenAnswer,
  type KeyName,
  type RequestClaim,
} from '../../idempotency/key.js';
import { readRenderings } from '../../idempotency/key.repository.js';
import { causeOf, type EventCause } from '../../stripe-events/event-cause.js';
import type { NewStripeEvent } from '../../stripe-events/stripe-event.js';
import { StripeEvents } from '../../stripe-events/stripe-events.js';
import { settledEvents, type IntentNews } from '../../payment-intents/answers/intent-stripe-events.js';
import { AccountClocks } from '../../test-clocks/account-clocks.js';
import { chargeStripeEvents } from '../answers/charge-stripe-events.js';
import { answersDue, laterKeys } from '../keyed-answers/answers-due.js';
import type { AccountContext } from '../charge/account-posting.js';
import { restIdOf } from '../charge/uncaptured-rest.js';
import { noCharge, type ChargeRecord, type ChargeRecordKey } from '../charge/charge-record.js';
import type { ChargesMoved } from '../effects/settlements.js';
import { expandsRefunds } from '../../protocol/expand.js';
import {
  changeValues,
  knowing,
  opened,
  openValues,
  recordOf,
  refundValues,
  type LoadedRow,
} from './charge-record-rows.js';
import { changeStatement, loadStatement, openStatement, saveRefundsStatement } from './charge-statements.js';
import { byCharge, readLatestRefunds, readRefunds } from './refund.repository.js';

@Injectable()
export class ChargeRepository implements Aggregates<PgTransaction, ChargeRecord, ChargeRecordKey, AccountContext> {
  constructor(
    @Inject(AccountClocks) private readonly clocks: AccountClocks,
    @Inject(StripeEvents) private readonly events: StripeEvents,
  ) {}

  /** @param expand paths that the caller will render */
  async load(
    tx: PgTransaction,
    keys: readonly ChargeRecordKey[],
    expand: readonly string[] = [],
  ): Promise<WorkingSet<ChargeRecord, ChargeRecordKey, AccountContext>> {
    const ids = [...new Set(keys.map(({ chargeId }) => chargeId))].sort();
    const rows = await tx.query<LoadedRow>(loadStatement, [ids]);
    const records = new Map(rows.map((row) => [row.id, recordOf(row)]));
    await this.addRefunds(
      tx,
      records,
      keys.flatMap(({ refundId }) => refundId ?? []),
    );
    await this.addRenderings(tx, records);
    await this.addShownRefunds(tx, records, expand);
    return {
      get: ({ chargeId }) => records.get(chargeId) ?? noCharge(''),
      set: ({ chargeId }, record) => void records.set(chargeId, record),
      contextOf: ({ chargeId }) => {
        const charge = records.get(chargeId)?.charge;
        return { offsetMs: charge ? this.clocks.offsetMs(opened(charge).opening.account) : 0 };
      },
    };
  }

  /** Loads the named refunds and those that give back an authorization, after their charge is locked. */
  private async addRefunds(
    tx: PgTransaction,
    records: Map<string, ChargeRecord>,
    named: readonly string[],
  ): Promise<void> {
    const givingBack = [...records.values()].flatMap(({ charge }) => {
      const { hold, ending, refunds, opening } = opened(charge);
      const rest = hold && ending && refunds.count > 0 ? [restIdOf(opening.id)] : [];
      return [...rest, ...(hold?.cancellation?.refundId ? [hold.cancellation.refundId] : [])];
    });
    const ids = [...new Set([...named, ...givingBack])];
    if (ids.length === 0) return;
    const found = byCharge(await readRefunds(tx, ids));
    for (const [id, record] of records) records.set(id, knowing(record, found.get(id) ?? []));
  }

  /** Loads the newest refunds of charges whose answer embeds them. */
  private async addShownRefunds(
    tx: PgTransaction,
    records: Map<string, ChargeRecord>,
    expand: readonly string[],
  ): Promise<void> {
    const showing = [...records].filter(
      ([, { charge, renderings }]) =>
        opened(charge).refunds.count > 0 &&
        [expand, ...[...renderings.values()].map((rendering) => rendering.expand)].some(expandsRefunds),
    );
    if (showing.length === 0) return;
    const latest = await readLatestRefunds(
      tx,
      showing.map(([, { charge }]) => opened(charge)),
    );
    for (const [id, record] of showing) records.set(id, knowing(record, latest.get(id) ?? []));
  }

  /** Loads how to render the answers of captures and refunds that are under way. No query when there are none. */
  private async addRenderings(tx: PgTransaction, records: Map<string, ChargeRecord>): Promise<void> {
    const waiting = [...records.values()].flatMap(({ charge }) => laterKeys(opened(charge)));
    if (waiting.length === 0) return;
    const found = await readRenderings(tx, waiting);
    for (const [id, record] of records) {
      const renderings = new Map(record.renderings);
      for (const name of laterKeys(opened(record.charge))) {
        const rendering = found.get(nameOf(name));
        if (rendering) renderings.set(name.key, rendering);
      }
      records.set(id, { ...record, renderings });
    }
  }

  /** Stores the answers of the requests that settled in the same statement. Which were first is known at the commit. */
  async save(tx: PgTransaction, changed: readonly Saved<ChargeRecord>[]): Promise<readonly ChargesMoved[]> {
    const records = changed.map(({ state }) => state);
    const due = records.flatMap((record) => answersDue(record, this.clocks.now(opened(record.charge).opening.account)));
    due.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    enqueueRefunds(tx, records);
    this.enqueueEvents(
      tx,
      records.map((record) => ({ record, requests: [] })),
    );
    const answers: GivenAnswer[] = [];
    tx.enqueue<KeyName>(changeStatement, changeValues(records, due), (stored) => {
      const first = new Set(stored.map(nameOf));
      answers.push(...due.filter((answer) => first.has(nameOf(answer))));
    });
    return [
      {
        kind: 'charges_moved',
        charges: records.map(({ stored: before, charge }) => ({ before, after: opened(charge) })),
        answers,
      },
    ];
  }

  /** Saves the decisions of merchants' requests, which settle no other request. */
  enqueue(tx: PgTransaction, saved: readonly RequestedChange[]): void {
    const { opening = [], changing = [] } = Object.groupBy(saved, ({ record }) =>
      record.stored.state === 'none' ? 'opening' : 'changing',
    );
    if (opening.length > 0) tx.enqueue(openStatement, openValues(opening));
    if (changing.length === 0) return;
    const records = changing.map(({ record }) => record);
    enqueueRefunds(tx, records);
    this.enqueueEvents(tx, changing);
    tx.enqueue(changeStatement, changeValues(records, []));
  }

  private enqueueEvents(tx: PgTransaction, changed: readonly RequestedChange[]): void {
    const events = changed.flatMap((change): NewStripeEvent[] => {
      const { record, requests } = change;
      const { account } = opened(record.charge).opening;
      const now = this.clocks.now(account);
      const news = chargeStripeEvents(record, now, requests.at(-1)?.key ?? null);
      const events = news.map(({ key, ...event }) => ({
        account,
        ...event,
        cause: key === null ? null : causeIn(change, key),
      }));
      return [
        ...events,
        ...intentNews(record, now).map((event) => ({ account, ...event, cause: events[0]?.cause ?? null })),
      ];
    });
    this.events.enqueue(tx, events);
  }
}

/** An intent's event has the cause of its charge's. */
function intentNews({ intent, stored, charge }: ChargeRecord, now: Instant): IntentNews[] {
  if (!intent || stored.state === 'none') return [];
  return settledEvents(intent, stored, opened(charge), now);
}

/** A change that merchants' requests decided. */
interface RequestedChange {
  readonly record: ChargeRecord;
  readonly traceparent?: string | undefined;
  readonly requests: readonly Pick<RequestClaim, 'key' | 'requestId'>[];
}

function causeIn({ record, requests }: RequestedChange, key: string): EventCause | null {
  const requestId =
    requestIdOfInternalKey(key) ??
    requests.find((request) => request.key === key)?.requestId ??
    record.renderings.get(key)?.requestId;
  return requestId === undefined ? null : causeOf({ key, requestId });
}

function enqueueRefunds(tx: PgTransaction, records: readonly ChargeRecord[]): void {
  const values = refundValues(records);
  if (values) tx.enqueue(saveRefundsStatement, values);
}
