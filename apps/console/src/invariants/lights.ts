import type { views } from '#contracts';
import { currencies, isCurrency } from '#money';
import type { ViewAnswer } from '../system/system.client.js';
import type { BalancesView, BooksView, TrialBalanceView } from './readings.js';

/** One of the sums that must always hold. */
export interface InvariantLight {
  readonly id: 'balanced' | 'suspense' | 'journals' | 'keys';
  readonly title: string;
  /** `unknown`: it cannot be told now, so neither green nor red would be true. */
  readonly state: 'holds' | 'broken' | 'unknown';
  readonly text: string;
}

/** The latest answer of each view; undefined until it has been asked. */
export interface InvariantReadings {
  readonly trialBalance: ViewAnswer<TrialBalanceView> | undefined;
  readonly balances: ViewAnswer<BalancesView> | undefined;
  readonly books: ViewAnswer<BooksView> | undefined;
  readonly keyAudit: ViewAnswer<views.KeyAuditView> | undefined;
}

export function lightsOf({ trialBalance, balances, books, keyAudit }: InvariantReadings): InvariantLight[] {
  return [
    { id: 'balanced', title: 'Books balanced', ...judged(trialBalance, balanced) },
    { id: 'suspense', title: 'Suspense zero', ...judged(balances, suspenseEmpty) },
    { id: 'journals', title: 'Journals = ledger', ...judged(books, journalsAgree) },
    { id: 'keys', title: 'Keys unique', ...judged(keyAudit, keysUnique) },
  ];
}

type LightReading = Pick<InvariantLight, 'state' | 'text'>;
const holds = (text: string): LightReading => ({ state: 'holds', text });
const broken = (text: string): LightReading => ({ state: 'broken', text });

function judged<View>(answer: ViewAnswer<View> | undefined, judge: (view: View) => LightReading): LightReading {
  if (answer === undefined) return { state: 'unknown', text: 'not asked yet' };
  return answer.kind === 'told' ? judge(answer.view) : { state: 'unknown', text: answer.because };
}

function balanced({ balanced, currencies: sums, miscounted }: TrialBalanceView): LightReading {
  const uneven = sums.filter(({ sumMinor }) => sumMinor !== 0);
  if (uneven.length > 0)
    return broken(
      `debits and credits differ by ${uneven.map((each) => inWords(each.sumMinor, each.currency)).join(', ')}`,
    );
  if (!balanced || miscounted.length > 0)
    return broken(`the balance of ${miscounted[0]} is not the sum of its transfers`);
  return holds(
    sums.length === 0 ? 'no transfers yet' : `debits = credits in ${sums.map(({ currency }) => currency).join(', ')}`,
  );
}

function suspenseEmpty({ currencies: sums }: BalancesView): LightReading {
  const held = sums.filter(({ suspenseMinor }) => suspenseMinor !== 0);
  return held.length === 0
    ? holds('no money without an owner')
    : broken(`suspense holds ${held.map((each) => inWords(each.suspenseMinor, each.currency)).join(', ')}`);
}

/** The ledger reads each bank's statement every ten seconds. */
const STALE_AFTER_SECONDS = 60;

function journalsAgree({ banks, statements, differences }: BooksView): LightReading {
  const [first] = differences;
  if (first) {
    const more = differences.length > 1 ? `, and ${differences.length - 1} more` : '';
    return broken(`${first.bank} and the books differ about ${first.bankId} of ${first.chargeId}${more}`);
  }
  const unexplained = banks
    .map((sum) => ({
      ...sum,
      restMinor: sum.booksMinor - sum.statementMinor - sum.underWayMinor - sum.differencesMinor,
    }))
    .find(({ restMinor }) => restMinor !== 0);
  if (unexplained)
    return broken(
      `${unexplained.bank}: ${inWords(unexplained.restMinor, unexplained.currency)} that no charge explains`,
    );
  const missing = statements.find(({ missingUntil }) => missingUntil !== null);
  if (missing) return broken(`pages of ${missing.bank}’s statement are missing`);
  const stale = statements.find(({ ageSeconds }) => ageSeconds === null || ageSeconds > STALE_AFTER_SECONDS);
  if (stale) {
    const age = stale.ageSeconds === null ? 'was never complete' : `is ${Math.round(stale.ageSeconds)} s old`;
    return { state: 'unknown', text: `${stale.bank}’s statement ${age}` };
  }
  return holds(statements.length === 0 ? 'no statement yet' : `${statements.length} banks, entry by entry`);
}

function keysUnique({ charges, shared }: views.KeyAuditView): LightReading {
  const [first] = shared;
  return first === undefined
    ? holds(charges === 0 ? 'no charges yet' : `one charge per key, of the newest ${charges}`)
    : broken(`${first.chargeIds.length} charges under the key ${first.key.trim()}: ${first.chargeIds.join(', ')}`);
}

function inWords(minor: number, currency: string): string {
  const decimals = isCurrency(currency) ? currencies[currency].decimals : 0;
  return `${(minor / 10 ** decimals).toFixed(decimals)} ${currency}`;
}
