import { bankProtocol } from '#contracts';
import type { Random } from '#virtual-time';
import type { TapedStatement, TapedTransaction } from './tape.js';

/** Values for parameters by kind, taken from the recorded statements, so that they match rows. */
export interface Pools {
  readonly of: (kind: DrawnKind) => readonly unknown[];
}

export type DrawnKind =
  | 'account'
  | 'charge'
  | 'refund'
  | 'transaction'
  | 'stripeEvent'
  | 'eventType'
  | 'endpoint'
  | 'endpointStatus'
  | 'noEndpoint'
  | 'oneEndpoint'
  | 'oneEvent'
  | 'oneLimit'
  | 'oneState'
  | 'oneMs'
  | 'oneLog'
  | 'key'
  | 'bank'
  | 'currency'
  | 'holder'
  | 'difference'
  | 'event'
  | 'position'
  | 'clock'
  | 'flag'
  | 'limit'
  | 'json'
  | 'seconds'
  | 'ms'
  | 'instant'
  | 'word'
  | 'type'
  | 'nothing'
  | 'none'
  | 'firstPage'
  | 'behindTheLastPage'
  | 'moment'
  | 'rows'
  | 'object'
  | 'statementEntries'
  | 'strayAccounts';

const prefixes: Partial<Record<DrawnKind, RegExp>> = {
  account: /^acct_/,
  charge: /^ch_/,
  refund: /^re_/,
  transaction: /^txn_/,
  stripeEvent: /^evt_/,
  holder: /#/,
};

const fixed: Partial<Record<DrawnKind, readonly unknown[]>> = {
  bank: [...bankProtocol.bankNames, 'elm'],
  currency: ['usd', 'eur', 'jpy'],
  difference: ['d1', 'd2'],
  position: [1, 2, 3],
  clock: ['clock_1', 'clock_2', 'clock_3'],
  flag: [true, false],
  limit: [1, 2, 5, 100],
  seconds: [0, 30, 86_400],
  ms: [0, 1_000, 60_000, 86_400_000],
  word: ['', 'a', 'b'],
  json: ['{"type": "a", "data": {"b": 1}}'],
  type: ['charge', 'refund'],
  endpoint: ['we_1', 'we_2'],
  endpointStatus: ['enabled', 'disabled'],
  noEndpoint: [null, 'we_1'],
  oneEndpoint: [['we_1'], ['we_2']],
  oneEvent: [['evt_1']],
  oneLimit: [[1], [2]],
  oneState: [['pending'], ['delivered'], ['abandoned']],
  oneMs: [[0], [60_000]],
  oneLog: [['[]']],
  eventType: ['charge.succeeded', 'charge.failed', 'refund.created'],
  nothing: [null, ''],
  none: [[]],
  firstPage: ['(0,0)'],
  behindTheLastPage: ['(100000,0)'],
  rows: ['[]'],
  object: ['{}'],
  statementEntries: [
    '[{"bank":"alder","seq":1,"bankId":"alder_auth_000000001","kind":"authorization","chargeId":"ch_1","amountMinor":1,"currency":"usd"}]',
    '[{"bank":"birch","seq":1,"bankId":"other","kind":"capture","chargeId":"ch_1","amountMinor":1,"currency":"usd"}]',
  ],
  strayAccounts: [
    '[]',
    '[{"id":"bank_receivable:alder:usd","kind":"bank_receivable","owner":"alder","currency":"usd"}]',
  ],
};

/** Collects the values from all strings in the recorded statements. */
export function poolsOf(tape: readonly TapedTransaction[], atMs: readonly number[]): Pools {
  const strings = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string') {
      if (/^[[{]/.test(value)) for (const part of value.match(/"[^"\\]{1,80}"/g) ?? []) strings.add(part.slice(1, -1));
      else strings.add(value);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  const byName = (wanted: RegExp, place: number): unknown[] =>
    tape.flatMap(({ statements }) =>
      statements.filter(({ name }) => wanted.test(name)).flatMap(({ params }) => [params[place]].flat()),
    );
  for (const { statements } of tape) for (const { params } of statements) params.forEach(collect);
  const made = new Map<DrawnKind, readonly unknown[]>();
  return {
    of: (kind) => {
      let pool = made.get(kind);
      if (!pool) made.set(kind, (pool = make(kind)));
      return pool;
    },
  };

  function make(kind: DrawnKind): readonly unknown[] {
    const known = fixed[kind];
    if (known) return known;
    if (kind === 'moment') return atMs.slice(0, 200);
    if (kind === 'instant') return [...atMs.slice(0, 200), null];
    if (kind === 'key') return atLeastOne([...new Set(byName(/^key_claim$/, 1))]);
    if (kind === 'event') return atLeastOne([...new Set(byName(/^inbox_admit$/, 0))]);
    return atLeastOne([...strings].filter((each) => prefixes[kind]!.test(each)));
  }
}

const atLeastOne = (pool: unknown[]): unknown[] => (pool.length > 0 ? pool : ['nothing']);

type Draw = DrawnKind | readonly [DrawnKind];

const list = ['account', 'instant', 'charge', 'instant', 'charge', 'limit'] as const;
const refunds = ['account', 'instant', 'refund', 'instant', 'refund', 'limit'] as const;
const events = ['account', 'instant', 'stripeEvent', 'instant', 'stripeEvent', 'limit'] as const;
const newEndpoint = ['endpoint', 'account', 'moment', 'word', ['eventType'], 'endpointStatus', 'word'] as const;
const transactions = ['account', 'instant', 'transaction', 'instant', 'transaction', 'limit'] as const;

/** Parameters of statements that no world sends: admin ports, lists, commands. `[kind]` is an array. */
const drawn: readonly (readonly [RegExp, readonly Draw[]])[] = [
  [/^(postgres\.ping|service\.still_there|ledger\.state_now|test_clock_tell)$/, []],
  [/^(parked_key_count|service\.oldest_outbox_row|statement_cursor_view|operation_live_count)$/, []],
  [/^ledger\.(audit|count_open_differences|statement_positions|count_suspects|state_stated|state_open_charges)$/, []],
  [/^balance_unmoved$/, []],
  [/^inbox_forget$/, ['firstPage', 'behindTheLastPage', 'ms']],
  [/^inbox_disown$/, ['event', 'word']],
  [/^inbox_park$/, ['event', 'word', 'charge', 'json', 'json', 'flag', 'word', 'limit']],
  [/^parked_keys$/, ['limit']],
  [/^parking_requested$/, ['limit', ['charge']]],
  [/^(parked_of_key|parking_first)$/, ['charge', 'limit']],
  [/^parked_find$/, ['event']],
  [/^parked_request$/, ['charge', 'nothing', 'nothing']],
  [/^(parked_hold|parked_free|parking_hold)$/, ['charge']],
  [/^parked_discard$/, ['position', 'word']],
  [/^parking_release$/, ['charge', ['position']]],
  [/^parking_failed$/, ['position', 'word']],
  [/^leases\.forget_contenders$/, []],
  [/^ledger\.compare_suspects$/, [['bank'], ['charge']]],
  [/^ledger\.compare_times_reported$/, [['difference']]],
  [/^ledger\.compare_save$/, [['charge'], 'object', 'object', 'rows']],
  [/^ledger\.statement_contradictions$/, ['statementEntries']],
  [/^ledger\.save_strays$/, ['strayAccounts', 'rows']],
  [/^charge_catch_up$/, [['charge'], ...Array<'none'>(10).fill('none')]],
  [/^charge_take_stalled$/, [['charge']]],
  [/^checker_(rest|unanswered|unsettled)$/, []],
  [/^checker_/, ['nothing']],
  [/^leases\.fence$/, ['word', 'holder', 'position']],
  [/^snowflake\.release$/, ['position', 'holder', 'instant']],
  [/^ledger\.balances$/, ['account']],
  [/^ledger\.(limits|lock_limits|open_holds)$/, [['account']]],
  [/^ledger\.open_differences$/, ['ms']],
  [/^test_clock_lock$/, ['account']],
  [/^test_clock_save$/, ['clock', 'account', 'word', 'moment', 'ms', 'moment']],
  [/^test_clock_delete$/, ['account', 'clock']],
  [/^balance$/, ['account', 'instant']],
  [/^balance_of_account$/, ['account']],
  [/^refund_find$/, ['refund', 'account']],
  [/^refund_latest$/, [['charge'], ['account']]],
  [/^refund_pending$/, [['charge']]],
  [/^refund_list_(down|up)$/, refunds],
  [/^refund_list_(down|up)_charge$/, [...refunds, 'charge']],
  [/^intent_find(_charged)?$/, ['word', 'account']],
  [/^intent_find_of_anyone$/, ['word']],
  [/^intent_lock$/, [['word']]],
  [/^intent_save$/, Array<'none'>(9).fill('none')],
  [/^intent_list_(down|up)$/, list],
  [/^intent_list_(down|up)_customer$/, [...list, 'word']],
  [/^(customer|payment_method|source)_list_(down|up)$/, list],
  [/^(customer|payment_method|source)_list_(down|up)_(test_clock|customer|allow_redisplay)$/, [...list, 'word']],
  [/^(customer|payment_method)_list_(down|up)_\w+$/, [...list, 'word', 'word']],
  [/^(charge_find)$/, ['charge', 'account']],
  [/^charge_list_(down|up)$/, list],
  [/^charge_list_(down|up)_(customer|payment_intent|transfer_group)$/, [...list, 'word']],
  [/^charge_list_(down|up)_customer_payment_intent_transfer_group$/, [...list, 'word', 'word', 'word']],
  [/^charge_list_(down|up)_(customer|payment_intent)_\w+$/, [...list, 'word', 'word']],
  [/^charge_find_many$/, [['charge'], 'account']],
  [/^stripe_event_find$/, ['stripeEvent', 'account']],
  [/^stripe_events_(delivered_|undelivered_)?(down|up)$/, [...events, ['eventType']]],
  [/^webhook_delivery_prune$/, [['stripeEvent']]],
  [/^webhook_endpoint_insert$/, [...newEndpoint, 'json', 'word', 'position']],
  [/^webhook_endpoint_count$/, ['account']],
  [/^webhook_endpoint_(lock|delete)$/, ['endpoint', 'account']],
  [/^webhook_endpoint_update$/, ['endpoint', 'word', ['eventType'], 'endpointStatus', 'word', 'json']],
  [/^webhook_endpoint_roll$/, ['endpoint', 'ms']],
  [/^webhook_endpoint_list_(down|up)$/, ['account', 'instant', 'endpoint', 'instant', 'endpoint', 'limit']],
  [/^webhook_delivery_delete_waiting$/, ['endpoint']],
  [/^webhook_delivery_due$/, ['word', 'limit']],
  [/^webhook_delivery_hasten$/, ['account', 'ms']],
  [/^webhook_delivery_resend$/, ['stripeEvent', 'account', 'noEndpoint']],
  [/^webhook_delivery_claim$/, ['oneEndpoint', 'oneLimit', 'ms']],
  [/^webhook_delivery_record$/, ['oneEvent', 'oneEndpoint', 'oneLimit', 'oneState', 'oneMs', 'oneLog']],
  [/^balance_transaction_find$/, ['transaction', 'account']],
  [/^balance_transactions_(down|up)$/, [...transactions, ['currency'], ['type']]],
  [/^balance_transactions_of_source$/, [...transactions, ['currency'], ['type'], 'transaction', 'charge']],
  [/^charge_due_of_account$/, ['instant', 'limit', ['charge'], 'account']],
];

export const isDrawn = (name: string): boolean => drawn.some(([names]) => names.test(name));

export function draw({ name, text }: { name: string; text: string }, pools: Pools, random: Random): TapedStatement {
  const kinds = drawn.find(([names]) => names.test(name))![1];
  const one = (kind: DrawnKind): unknown => random.pick(pools.of(kind));
  const params = kinds.map((each) =>
    typeof each === 'string' ? one(each) : Array.from({ length: random.integer(0, 3) }, () => one(each[0])),
  );
  return { name, text, params };
}
