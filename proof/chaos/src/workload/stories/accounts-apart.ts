import { answerBody } from '#checker';
import {
  authorize,
  captureOrder,
  charge,
  look,
  order,
  refundOrder,
  tell,
  type ScriptClient,
  type ClientScript,
} from '../client-script.js';
import { trespass } from './trespassing.js';

const CLOCKS = '/v1/test_helpers/test_clocks';
const EIGHT_DAYS_S = 8 * 24 * 60 * 60;

/** Stories that change a whole account, so each borrows one for exclusive use. */
export const onAccountsApart = {
  /** Advances a test clock by eight days: an authorization expires, captured money becomes available. */
  'authorization lapses': (client) =>
    client.apart.clocked.borrow(async (merchant) => {
      const own = { ...client, merchant, remembered: [] };
      const story = 'authorization lapses';
      const clock = await clockOf(own, story);
      if (!clock) return;
      const [held, captured] = [await authorize(own, story), await charge(own, story)];
      const frozen = { frozen_time: String(clock.frozenTime + EIGHT_DAYS_S) };
      const path = `${CLOCKS}/${clock.id}`;
      await trespass(own, story, [
        { method: 'GET', path, parameters: {} },
        { method: 'POST', path: `${path}/advance`, parameters: frozen },
        { method: 'DELETE', path, parameters: {} },
      ]);
      await tell(own, order(own, story, `${path}/advance`, frozen));
      if (held) {
        await look(own, story, `/v1/charges/${held}`);
        await tell(own, captureOrder(own, story, held));
      }
      if (captured) await look(own, story, `/v1/charges/${captured}`, { 'expand[0]': 'balance_transaction' });
      await look(own, story, '/v1/balance');
    }),

  /** A refund beyond the account's overdraft is refused, a smaller one succeeds. */
  'refund beyond the balance': (client) =>
    client.apart.overdrawn.borrow(async (merchant) => {
      const own = { ...client, merchant, remembered: [] };
      const story = 'refund beyond the balance';
      // The fee of the largest charge, 2,900,029 and the fixed part, is larger than the overdraft.
      const chargeId = await charge(own, story, { amount: 99_999_999, source: 'tok_visa' });
      if (!chargeId) return;
      await tell(own, refundOrder(own, story, chargeId));
      await tell(own, refundOrder(own, story, chargeId, 97_000_000));
      await look(own, story, '/v1/balance');
    }),
} as const satisfies Record<string, ClientScript>;

interface Clock {
  readonly id: string;
  /** Unix seconds. */
  readonly frozenTime: number;
}

/** The account's test clock, created on first use. */
async function clockOf(client: ScriptClient, story: string): Promise<Clock | undefined> {
  const found = await look(client, story, CLOCKS);
  const [first] = answerBody(found).data ?? [];
  if (first) return clockIn(first);
  const frozenTime = String(Math.floor(client.merchant.nowMs / 1_000));
  const made = await tell(client, order(client, story, CLOCKS, { frozen_time: frozenTime }));
  return made.answer?.status === 200 ? clockIn(answerBody(made)) : undefined;
}

function clockIn(object: object): Clock {
  const { id, frozen_time: frozenTime } = object as { id: string; frozen_time: number };
  return { id, frozenTime };
}
