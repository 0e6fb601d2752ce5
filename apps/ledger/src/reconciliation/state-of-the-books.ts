import type { Instant } from '#clock';
import { currencies, isCurrency } from '#money';
import type { CurrencySum } from '../books/balance.js';
import type { FoundDifference, StatementPosition } from './comparison.repository.js';

/** A bank's receivable by the ledger and by its statement, in minor units of one currency. */
export interface BankSum {
  readonly bank: string;
  readonly currency: string;
  readonly booksMinor: number;
  /** Standing captures less standing refunds. */
  readonly statementMinor: number;
  /** Books less statement, of charges within the grace period. */
  readonly underWayMinor: number;
  /** Books less statement, of charges with an open difference. */
  readonly differencesMinor: number;
}

/** All sums that must agree, at one time. */
export interface StateOfTheBooks {
  readonly at: Instant;
  readonly currencies: readonly CurrencySum[];
  readonly banks: readonly BankSum[];
  readonly statements: readonly StatementPosition[];
  /** Open differences. */
  readonly differences: readonly FoundDifference[];
}

/** A statement is read every ten seconds. */
const STALE_AFTER_SECONDS = 60;

/** The unexplained rest of books less statement. If not zero, the comparison has missed something. */
const unexplainedMinor = ({ booksMinor, statementMinor, underWayMinor, differencesMinor }: BankSum): number =>
  booksMinor - statementMinor - underWayMinor - differencesMinor;

/** All disagreements as sentences. */
export function disagreements(state: StateOfTheBooks): string[] {
  const { at, currencies: sums, banks, statements, differences } = state;
  const stated = new Set<string>(statements.map(({ bank }) => bank));
  return [
    ...sums.flatMap(({ currency, sumMinor, suspenseMinor }) => [
      ...(sumMinor === 0 ? [] : [`debits and credits differ by ${inWords(sumMinor, currency)}`]),
      ...(suspenseMinor === 0 ? [] : [`suspense holds ${inWords(suspenseMinor, currency)}`]),
    ]),
    ...banks.flatMap((sum) =>
      unexplainedMinor(sum) === 0
        ? []
        : [
            `${sum.bank}: books and statement differ by ${inWords(unexplainedMinor(sum), sum.currency)} that no charge explains`,
          ],
    ),
    ...statements.flatMap(({ bank, ageSeconds, missingUntil }) => [
      ...(missingUntil === null ? [] : [`${bank}: pages of its statement before entry ${missingUntil} are missing`]),
      ...(ageSeconds === null ? [`${bank}: its statement was never complete`] : []),
      ...(ageSeconds !== null && ageSeconds > STALE_AFTER_SECONDS
        ? [`${bank}: its statement is ${age(ageSeconds)} old`]
        : []),
    ]),
    ...[...new Set(banks.map(({ bank }) => bank))].flatMap((bank) =>
      stated.has(bank) ? [] : [`${bank}: it has told nothing yet`],
    ),
    ...(differences.length === 0
      ? []
      : [
          `${differences.length} open difference${differences.length === 1 ? '' : 's'}, the oldest of ${oldest(differences, at)}`,
        ]),
  ];
}

/** Renders the state for a terminal. */
export function show(state: StateOfTheBooks): string {
  const { at, currencies: sums, banks, statements, differences } = state;
  const wrong = disagreements(state);
  const parts = [
    `The books at ${new Date(at).toISOString()}`,
    table(
      ['currency', 'debits − credits', 'suspense'],
      sums.map(({ currency, sumMinor, suspenseMinor }) => [
        currency,
        inUnits(sumMinor, currency),
        inUnits(suspenseMinor, currency),
      ]),
    ),
    table(
      ['bank owes us', '', 'by the books', 'by its statement', 'under way', 'in differences', 'unexplained'],
      banks.map((sum) => [
        sum.bank,
        sum.currency,
        ...[sum.booksMinor, sum.statementMinor, sum.underWayMinor, sum.differencesMinor, unexplainedMinor(sum)].map(
          (minor) => inUnits(minor, sum.currency),
        ),
      ]),
    ),
    table(
      ['statement of', 'entries', 'compared', 'asked for'],
      statements.map(({ bank, through, comparedThrough, ageSeconds }) => [
        bank,
        String(through),
        String(comparedThrough),
        ageSeconds === null ? 'never' : `${age(ageSeconds)} ago`,
      ]),
    ),
    ...(differences.length === 0
      ? []
      : [
          table(
            ['open difference', 'bank', 'movement', 'amount', 'bank’s id', 'charge', 'for', 'reported'],
            differences.map((each) => [
              each.kind,
              each.bank,
              each.movement,
              inWords(each.amountMinor, each.currency),
              each.bankId,
              each.chargeId,
              age((at - each.foundAt) / 1_000),
              `${each.timesReported}×`,
            ]),
          ),
        ]),
    wrong.length === 0
      ? 'Banks and books agree.'
      : ['Not everything agrees:', ...wrong.map((line) => `  ${line}`)].join('\n'),
  ];
  return parts.join('\n\n');
}

function inUnits(minor: number, currency: string): string {
  const decimals = isCurrency(currency) ? currencies[currency].decimals : 0;
  return (minor / 10 ** decimals).toFixed(decimals);
}

const inWords = (minor: number, currency: string): string => `${inUnits(minor, currency)} ${currency}`;

function age(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  return whole < 7_200 ? `${Math.round(whole / 60)} min` : `${Math.round(whole / 3_600)} h`;
}

const oldest = (differences: readonly FoundDifference[], at: Instant): string =>
  age((at - Math.min(...differences.map(({ foundAt }) => foundAt))) / 1_000);

/** Columns as wide as their widest cell. Numeric columns are right-aligned. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const isNumber = head.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[-−]?\d+(\.\d+)?$/.test(row[column]!)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
