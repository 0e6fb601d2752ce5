import type { views } from '#contracts';
import { amount, timeOfDay } from '../parts/format.js';

export function Entries({ transfers }: { transfers: readonly views.TransferView[] }) {
  return (
    <section aria-labelledby="entries">
      <h2 id="entries">Ledger entries</h2>
      {transfers.length === 0 ? (
        <p className="soft">The ledger has booked nothing.</p>
      ) : (
        <div className="card table" tabIndex={0} role="region" aria-labelledby="entries">
          <table>
            <thead>
              <tr>
                <th scope="col">effect</th>
                <th scope="col">kind</th>
                <th scope="col">debit</th>
                <th scope="col">credit</th>
                <th scope="col" className="number">
                  amount
                </th>
                <th scope="col">at</th>
                <th scope="col">bank’s id</th>
              </tr>
            </thead>
            <tbody>
              {transfers.map(({ effect, kind, debitAccount, creditAccount, amount: money, postedAt, bankId }) => (
                <tr key={`${effect} ${kind} ${postedAt}`}>
                  <th scope="row">{effect.replaceAll('_', ' ')}</th>
                  <td>{kind}</td>
                  <td className="id">{debitAccount}</td>
                  <td className="id">{creditAccount}</td>
                  <td className="number">{amount(money.amountMinor, money.currency)}</td>
                  <td className="soft">{timeOfDay(postedAt)}</td>
                  <td className="id soft">{bankId}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
