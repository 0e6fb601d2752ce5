import type { Clock } from '#clock';
import type { Database, PgTransaction } from '#postgres';
import type { Ids } from '#snowflake';
import { jsonText } from '../protocol/json-text.js';
import { invalidRequest, resourceMissing } from '../protocol/stripe-error.js';
import type { RequestClaim } from '../idempotency/key.js';
import type { KeyedAnswer } from '../protocol/keyed-answer.js';
import type { KeyedTransaction } from '../idempotency/keyed-transaction.js';
import type { AccountClocks } from './account-clocks.js';
import type { AdvanceParameters, ClockListParameters, NewClockParameters } from './test-clock-parameters.js';
import { advanceClock, startClock, testClockObject, type TestClock } from './test-clock.js';
import type { TestClockRepository } from './test-clock.repository.js';

const URL = '/v1/test_helpers/test_clocks';

/** What goes by the time of an account. */
export interface ClockFollowers {
  /** In the transaction that moves the clock. */
  moving(tx: PgTransaction, account: string, aheadMs: number): void;
  /** After its commit, before the answer. */
  moved(account: string): Promise<void>;
}

/** Use cases of test clocks. */
export class TestClocks {
  constructor(
    private readonly keyed: KeyedTransaction,
    private readonly database: Database,
    private readonly stored: TestClockRepository,
    private readonly clocks: AccountClocks,
    private readonly ids: Ids,
    private readonly clock: Clock,
    private readonly followers: ClockFollowers,
  ) {}

  /** @throws StripeError 400 when the account has a clock already */
  create(claim: RequestClaim, { frozenTime, name }: NewClockParameters): Promise<KeyedAnswer> {
    const { account } = claim;
    return this.moved(claim, (before) => {
      if (before) {
        throw invalidRequest(
          `This account has a test clock already (${before.id}), and an account has one time. Advance it, or delete it first.`,
        );
      }
      return startClock({ id: this.ids.next('clock'), account, name, frozenTime }, this.clock.now());
    });
  }

  /** @throws StripeError 404, or 400 for a time that is not later */
  advance(claim: RequestClaim, id: string, { frozenTime }: AdvanceParameters): Promise<KeyedAnswer> {
    return this.moved(claim, (before) => {
      if (before?.id !== id) throw resourceMissing('test clock', id, 'id');
      if (frozenTime <= before.frozenTime) {
        throw invalidRequest("A test clock is advanced to a time after its current 'frozen_time'.", {
          param: 'frozen_time',
        });
      }
      return advanceClock(before, frozenTime, this.clock.now());
    });
  }

  /** @throws StripeError 404 */
  async retrieve(account: string, id: string): Promise<object> {
    const found = await this.stored.find(account);
    if (found?.id !== id) throw resourceMissing('test clock', id, 'id');
    return testClockObject(found);
  }

  /** @throws StripeError 400 for a cursor that names no clock of the account */
  async list(account: string, cursors: ClockListParameters): Promise<object> {
    const found = await this.stored.find(account);
    const cursor = (['starting_after', 'ending_before'] as const).find((name) => cursors[name] !== undefined);
    if (cursor && cursors[cursor] !== found?.id) throw resourceMissing('test clock', cursors[cursor]!, cursor, 400);
    return { object: 'list', url: URL, has_more: false, data: found && !cursor ? [testClockObject(found)] : [] };
  }

  /** The account returns to real time. */
  async delete(account: string, id: string): Promise<object> {
    const deleted = await this.database.transaction((tx) => this.stored.delete(tx, account, id));
    if (!deleted) throw resourceMissing('test clock', id, 'id');
    this.clocks.set(account, null);
    return { id, object: 'test_helpers.test_clock', deleted: true };
  }

  /** Sets the clock, and answers once lapsed authorizations are being canceled. */
  private async moved(claim: RequestClaim, decide: (before: TestClock | undefined) => TestClock): Promise<KeyedAnswer> {
    const { account } = claim;
    let offsetMs: number | undefined;
    const answer = await this.keyed.answer(claim, async (tx) => {
      let before = await this.stored.lock(tx, account);
      let after = decide(before);
      while (!(await this.stored.save(tx, after))) after = decide((before = await this.stored.lock(tx, account)));
      offsetMs = after.offsetMs;
      const aheadMs = after.offsetMs - (before?.offsetMs ?? 0);
      if (aheadMs > 0) this.followers.moving(tx, account, aheadMs);
      return { status: 200, body: jsonText(testClockObject(after)) };
    });
    if (offsetMs === undefined) return answer;
    this.clocks.set(account, offsetMs);
    await this.followers.moved(account);
    return answer;
  }
}
