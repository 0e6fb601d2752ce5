import { invariants, standing, type BankEntry, type ToldAnswer } from '#checker';
import { bankProtocol } from '#contracts';
import type { Written } from '#memory-postgres';
import type { Appended } from '#virtual-time';

/** A promise that was broken, noticed at once, with the violation. */
export interface BrokenPromise {
  readonly id: string;
  readonly promise: string;
  readonly line: string;
}

/**
 * Invariants that hold at all times, checked incrementally after each commit, bank entry, answer and Kafka record. Only
 * the changed rows are checked, so the cost is small.
 */
export class ContinuousChecks {
  readonly #answers = new Map<string, string>();
  readonly #entries = new Map<string, BankEntry[]>();
  readonly #ids = new Map<string, Written>();
  readonly #events = new Map<string, string>();
  readonly #movedMinor = new Map<string, { captured: number; refunded: number }>();
  /** Sum of all ledger accounts by currency. */
  readonly #sums = new Map<string, number>();

  constructor(private readonly onBreach: (breach: BrokenPromise) => void) {}

  /** A4: all answers under one key are identical to the byte, except 409 and 429. */
  told({ account, key, status, body }: ToldAnswer): void {
    if (body === undefined || status === 409 || status === 429) return;
    const answer = `${status} ${body}`;
    const under = `${account} ${key}`;
    const first = this.#answers.get(under);
    if (first === undefined) this.#answers.set(under, answer);
    else if (first !== answer) this.#breach('A4', `${under}: answered otherwise, ${differenceOf(first, answer)}`);
  }

  /** A1 at idempotent banks: no reference is performed twice, and at most one capture of a charge stands. */
  performed(entry: BankEntry): void {
    if (!bankProtocol.bankProfiles[entry.bank as bankProtocol.BankName].idempotent) return;
    const entries = this.#entries.get(entry.chargeId) ?? [];
    this.#entries.set(entry.chargeId, entries);
    const { kind, reference, bank } = entry;
    if (kind !== 'reversal' && entries.some((other) => other.reference === reference && other.kind === kind))
      this.#breach('A1', `${reference}: performed a second time at ${bank}`);
    entries.push(entry);
    if (kind !== 'capture') return;
    const captures = standing(entries, 'capture');
    if (captures.length > 1)
      this.#breach('A1', `${entry.chargeId}: ${captures.length} captures stand, the last at ${bank}`);
  }

  /**
   * A10: ids of charges and refunds are unique. Balance transaction ids derive from these, as does the id of the refund
   * of what was not captured, which no request asks for.
   */
  committedInPayments(rows: readonly Written[]): void {
    for (const row of rows) {
      const table = row.table.schema.name;
      if (row.committed === null || (table !== 'charge' && table !== 'refund')) continue;
      const id = valueOf(row, 'id') as string;
      const { opening } = (valueOf(row, 'refund') ?? {}) as { opening?: { key: string | null } };
      const unique = opening?.key === null ? id : id.slice(id.indexOf('_') + 1);
      const owner = this.#ids.get(unique);
      if (owner === undefined) this.#ids.set(unique, row);
      else if (owner !== row) this.#breach('A10', `${id}: given to a second ${table}`);
    }
  }

  /** A10: events with one id have the same content, except for time and cause. */
  published(appended: readonly Appended[]): void {
    for (const { topic, record } of appended) {
      const { ce_id: id, ce_type: type, ce_source: source } = record.headers as Readonly<Record<string, string>>;
      const content = [record.key.toString(), type, source, record.value.toString()].join(' ');
      const first = this.#events.get(`${topic} ${id}`);
      if (first === undefined) this.#events.set(`${topic} ${id}`, content);
      else if (first !== content)
        this.#breach('A10', `${id}: stands in ${topic} with other content, ${differenceOf(first, content)}`);
    }
  }

  /** A5 and A6 in the ledger, whose transfers are immutable. */
  committedInLedger(rows: readonly Written[]): void {
    for (const row of rows) if (row.committed !== null && row.table.schema.name === 'transfer') this.#posted(row);
    for (const [currency, sum] of this.#sums)
      if (sum !== 0) this.#breach('A6', `${currency}: all accounts together hold ${sum}`);
  }

  #posted(row: Written): void {
    const [chargeId, effect, kind] = [
      valueOf(row, 'charge_id'),
      valueOf(row, 'effect'),
      valueOf(row, 'kind'),
    ] as string[];
    const [debit, credit] = [valueOf(row, 'debit_account'), valueOf(row, 'credit_account')] as string[];
    const amountMinor = valueOf(row, 'amount_minor') as number;
    const what = `${chargeId}: ${effect}`;
    if (!(amountMinor > 0) || debit === credit)
      this.#breach('A6', `${what} moves ${amountMinor} from ${credit} to ${debit}`);
    if (kind === 'post' || kind === 'single') {
      this.#move(debit!, -amountMinor);
      this.#move(credit!, amountMinor);
    }
    const moved = this.#movedMinor.get(chargeId!) ?? { captured: 0, refunded: 0 };
    this.#movedMinor.set(chargeId!, moved);
    if (effect === 'capture' || effect === 'match') moved.captured += amountMinor;
    if (!effect!.startsWith('refund:')) return;
    moved.refunded += amountMinor;
    if (moved.refunded > moved.captured)
      this.#breach('A5', `${what}: ${moved.refunded} refunded in the ledger, of ${moved.captured}`);
  }

  /** Adds to the sum of the currency in the account's name, whatever the transfer's currency is. */
  #move(account: string, amountMinor: number): void {
    const currency = account.slice(account.lastIndexOf(':') + 1);
    this.#sums.set(currency, (this.#sums.get(currency) ?? 0) + amountMinor);
  }

  #breach(id: string, line: string): void {
    const { promise } = invariants.find((invariant) => invariant.id === id)!;
    this.onBreach({ id, promise, line });
  }
}

/** Both texts from the first difference on. */
function differenceOf(then: string, now: string): string {
  let place = 0;
  while (place < then.length && then[place] === now[place]) place++;
  return `then …${inShort(then.slice(place))}, now …${inShort(now.slice(place))}`;
}

const inShort = (text: string): string => JSON.stringify(text.slice(0, 40));

function valueOf({ table, committed }: Written, name: string): unknown {
  const place = table.schema.columns.findIndex((column) => column.name === name);
  return committed![place];
}
