import type { Clock } from '#clock';
import type { Database } from '#postgres';
import type { Ids } from '#snowflake';
import { jsonText } from '../protocol/json-text.js';
import { ParameterReader } from '../protocol/parameter-reader.js';
import type { Parameters } from '../protocol/parameters.js';
import { invalidRequest, resourceMissing } from '../protocol/stripe-error.js';
import type { KeyedAnswer, RequestClaim } from '../idempotency/key.js';
import type { KeyedTransaction } from '../idempotency/keyed-transaction.js';
import type { AccountClocks } from './account-clocks.js';
import { advanceClock, startClock, testClockObject, type TestClock } from './test-clock.js';
import { deleteClock, findClock, lockClock, saveClock } from './test-clock.repository.js';

const URL = '/v1/test_helpers/test_clocks';
const HIGHEST_SECOND = 4_102_444_800;

/** What a test does with its account's time. */
export class TestClocks {
  constructor(
    private readonly keyed: KeyedTransaction,
    private readonly database: Database,
    private readonly clocks: AccountClocks,
    private readonly ids: Ids,
    private readonly clock: Clock,
    /** What has to happen at once when an account's time has moved. */
    private readonly onMoved: (account: string) => Promise<void>,
  ) {}

  /** @throws StripeError 400 when the account has a clock already */
  create(claim: RequestClaim, parameters: Parameters): Promise<KeyedAnswer> {
    const reader = new ParameterReader(parameters, ['customer', 'expand', 'frozen_time', 'name']);
    readNoExpand(reader);
    const customer = reader.text('customer', { max: 255 });
    if (customer !== undefined) throw resourceMissing('customer', customer, 'customer', 400);
    const frozenTime = readFrozenTime(reader);
    const name = reader.text('name', { max: 300 }) ?? null;
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
  advance(claim: RequestClaim, id: string, parameters: Parameters): Promise<KeyedAnswer> {
    const reader = new ParameterReader(parameters, ['expand', 'frozen_time']);
    readNoExpand(reader);
    const frozenTime = readFrozenTime(reader);
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
  async retrieve(account: string, id: string, query: Parameters): Promise<object> {
    readNoExpand(new ParameterReader(query, ['expand']));
    const found = await findClock(this.database, account);
    if (found?.id !== id) throw resourceMissing('test clock', id, 'id');
    return testClockObject(found);
  }

  async list(account: string, query: Parameters): Promise<object> {
    const reader = new ParameterReader(query, ['ending_before', 'expand', 'limit', 'starting_after']);
    readNoExpand(reader);
    reader.integer('limit', { min: 1, max: 100 });
    const found = await findClock(this.database, account);
    const cursor = (['starting_after', 'ending_before'] as const).find((name) => reader.has(name));
    if (cursor && reader.text(cursor) !== found?.id) {
      throw resourceMissing('test clock', reader.requiredText(cursor), cursor, 400);
    }
    return { object: 'list', url: URL, has_more: false, data: found && !cursor ? [testClockObject(found)] : [] };
  }

  /** The account lives in everybody's time again. */
  async delete(account: string, id: string): Promise<object> {
    const deleted = await this.database.transaction((tx) => deleteClock(tx, account, id));
    if (!deleted) throw resourceMissing('test clock', id, 'id');
    this.clocks.set(account, null);
    return { id, object: 'test_helpers.test_clock', deleted: true };
  }

  /** Sets the clock, and answers when what has lapsed by it is being given back. */
  private async moved(claim: RequestClaim, decide: (before: TestClock | undefined) => TestClock): Promise<KeyedAnswer> {
    const { account } = claim;
    let offsetMs: number | undefined;
    const answer = await this.keyed.answer(claim, async (tx) => {
      let after = decide(await lockClock(tx, account));
      while (!(await saveClock(tx, after))) after = decide(await lockClock(tx, account));
      offsetMs = after.offsetMs;
      return { status: 200, body: jsonText(testClockObject(after)) };
    });
    if (offsetMs === undefined) return answer;
    this.clocks.set(account, offsetMs);
    await this.onMoved(account);
    return answer;
  }
}

function readFrozenTime(reader: ParameterReader): number {
  return reader.requiredInteger('frozen_time', { min: 0, max: HIGHEST_SECOND }) * 1_000;
}

function readNoExpand(reader: ParameterReader): void {
  const [path] = reader.texts('expand');
  if (path !== undefined) throw invalidRequest('This property cannot be expanded.', { param: 'expand[0]' });
}
