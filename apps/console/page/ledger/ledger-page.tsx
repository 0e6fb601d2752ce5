import type { LedgerPicture } from '../../src/books/ledger.controller.js';
import { useAnswer } from '../live/use-answer.js';
import { amount, timeOfDay } from '../parts/format.js';
import { Mark } from '../parts/mark.js';

export function LedgerPage() {
  const { answer, problem } = useAnswer<LedgerPicture>('/ledger', 3_000);
  return (
    <>
      {problem && <p role="alert">{problem}</p>}
      {answer && (
        <>
          <Accounts balances={answer.balances} />
          <BankSums books={answer.books} />
          <Differences differences={answer.differences} />
        </>
      )}
    </>
  );
}

function Accounts({ balances: { kinds, currencies } }: Pick<LedgerPicture, 'balances'>) {
  return (
    <section aria-labelledby="accounts">
      <h2 id="accounts">Accounts</h2>
      <p className="soft">
        By kind. Every transfer debits one account and credits another, so debits less credits are{' '}
        {currencies.map(({ currency, sumMinor }) => amount(sumMinor, currency)).join(', ') || 'nothing yet'}.
      </p>
      <div className="card table" tabIndex={0} role="region" aria-labelledby="accounts">
        <table>
          <thead>
            <tr>
              <th scope="col">kind</th>
              <th scope="col" className="number">
                accounts
              </th>
              <th scope="col" className="number">
                debits
              </th>
              <th scope="col" className="number">
                credits
              </th>
              <th scope="col" className="number">
                debits, pending
              </th>
              <th scope="col" className="number">
                credits, pending
              </th>
            </tr>
          </thead>
          <tbody>
            {kinds.map((sums) => (
              <tr key={`${sums.kind} ${sums.currency}`}>
                <th scope="row">{sums.kind.replaceAll('_', ' ')}</th>
                <td className="number">{sums.accounts}</td>
                <td className="number">{amount(sums.debitsPostedMinor, sums.currency)}</td>
                <td className="number">{amount(sums.creditsPostedMinor, sums.currency)}</td>
                <td className="number soft">{amount(sums.debitsPendingMinor, sums.currency)}</td>
                <td className="number soft">{amount(sums.creditsPendingMinor, sums.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function BankSums({ books: { banks, statements } }: Pick<LedgerPicture, 'books'>) {
  const age = new Map(statements.map(({ bank, ageSeconds }) => [bank, ageSeconds]));
  return (
    <section aria-labelledby="banks-owe">
      <h2 id="banks-owe">What the banks owe us</h2>
      <p className="soft">
        By our books, and by each bank’s own statement. What is under way is younger than its statement.
      </p>
      <div className="card table" tabIndex={0} role="region" aria-labelledby="banks-owe">
        <table>
          <thead>
            <tr>
              <th scope="col">bank</th>
              <th scope="col" className="number">
                by the books
              </th>
              <th scope="col" className="number">
                by its statement
              </th>
              <th scope="col" className="number">
                under way
              </th>
              <th scope="col" className="number">
                in differences
              </th>
              <th scope="col" className="number">
                statement, s old
              </th>
            </tr>
          </thead>
          <tbody>
            {banks.map((sum) => (
              <tr key={`${sum.bank} ${sum.currency}`}>
                <th scope="row">{sum.bank}</th>
                <td className="number">{amount(sum.booksMinor, sum.currency)}</td>
                <td className="number">{amount(sum.statementMinor, sum.currency)}</td>
                <td className="number">{amount(sum.underWayMinor, sum.currency)}</td>
                <td className="number">{amount(sum.differencesMinor, sum.currency)}</td>
                <td className="number soft">{Math.round(age.get(sum.bank) ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Differences({ differences }: Pick<LedgerPicture, 'differences'>) {
  return (
    <section aria-labelledby="differences">
      <h2 id="differences">Differences</h2>
      {differences.length === 0 ? (
        <p className="soft">None is open, and none was resolved within a day.</p>
      ) : (
        <div className="card table" tabIndex={0} role="region" aria-labelledby="differences">
          <table>
            <thead>
              <tr>
                <th scope="col">state</th>
                <th scope="col">kind</th>
                <th scope="col">bank</th>
                <th scope="col" className="number">
                  amount
                </th>
                <th scope="col">charge</th>
                <th scope="col">found</th>
              </tr>
            </thead>
            <tbody>
              {differences.map(
                ({ id, kind, bank, movement, amount: money, chargeId, foundAt, resolution, resolvedAt }) => (
                  <tr key={id}>
                    <td>
                      <span className="state">
                        <Mark kind={resolvedAt === null ? 'bad' : 'good'} />
                        {resolvedAt === null ? 'open' : `resolved: ${(resolution ?? '').replaceAll('_', ' ')}`}
                      </span>
                    </td>
                    <th scope="row">{kind.replaceAll('_', ' ')}</th>
                    <td>
                      {bank}, {movement}
                    </td>
                    <td className="number">{amount(money.amountMinor, money.currency)}</td>
                    <td>
                      <a className="id" href={`#/charges/${chargeId}`}>
                        {chargeId}
                      </a>
                    </td>
                    <td className="soft">{timeOfDay(foundAt)}</td>
                  </tr>
                ),
              )}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
