import { useState, type FormEvent } from 'react';
import type { views } from '#contracts';
import { useAnswer } from '../live/use-answer.js';
import { amount, timeOfDay } from '../parts/format.js';
import { Mark, type MarkKind } from '../parts/mark.js';

export const chargeMark = {
  requested: 'warn',
  authorized: 'dot',
  succeeded: 'good',
  failed: 'bad',
  canceled: 'none',
} satisfies Record<views.PaymentsChargeView['charge']['state'], MarkKind>;

interface Filters {
  readonly state: string;
  readonly account: string;
  readonly awaiting: boolean;
  readonly faulted: boolean;
}

const everything: Filters = { state: '', account: '', awaiting: false, faulted: false };

function pathOf({ state, account, awaiting, faulted }: Filters, before: string | undefined): string {
  const query = new URLSearchParams({
    ...(state && { state }),
    ...(account && { account }),
    ...(awaiting && { awaiting: 'true' }),
    ...(faulted && { faulted: 'true' }),
    ...(before !== undefined && { before }),
  });
  return `/charges?${query.toString()}`;
}

const REFRESHED_EVERY_MS = 2_000;

export function ChargeList() {
  const [filters, setFilters] = useState(everything);
  const [before, setBefore] = useState<string>();
  const path = pathOf(filters, before);
  // A page further back stays as it is while somebody reads it.
  const { answer, problem } = useAnswer<views.ChargeListView>(
    path,
    before === undefined ? REFRESHED_EVERY_MS : undefined,
  );
  const filter = (change: Partial<Filters>): void => {
    setFilters({ ...filters, ...change });
    setBefore(undefined);
  };
  return (
    <section aria-label="Charges">
      <div className="filters">
        <OpenCharge />
        <label>
          state{' '}
          <select value={filters.state} onChange={({ target }) => filter({ state: target.value })}>
            <option value="">any</option>
            {Object.keys(chargeMark).map((state) => (
              <option key={state}>{state}</option>
            ))}
          </select>
        </label>
        <label>
          account{' '}
          <input
            type="text"
            placeholder="acct_…"
            value={filters.account}
            onChange={({ target }) => filter({ account: target.value.trim() })}
          />
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={filters.awaiting}
            onChange={({ target }) => filter({ awaiting: target.checked })}
          />
          waits for a service
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={filters.faulted}
            onChange={({ target }) => filter({ faulted: target.checked })}
          />
          has a fault token
        </label>
      </div>
      {problem && <p role="alert">{problem}</p>}
      <div className="card table tall" tabIndex={0} role="region" aria-label="List of charges">
        <table>
          <thead>
            <tr>
              <th scope="col">charge</th>
              <th scope="col">state</th>
              <th scope="col" className="number">
                amount
              </th>
              <th scope="col">card</th>
              <th scope="col" className="wide">
                at
              </th>
              <th scope="col" className="wide">
                account
              </th>
              <th scope="col" className="wide">
                fault token
              </th>
            </tr>
          </thead>
          <tbody>
            {answer?.charges.map((charge) => (
              <ChargeRow key={charge.id} charge={charge} />
            ))}
          </tbody>
        </table>
        {answer?.charges.length === 0 && <p className="soft nothing">No charge matches.</p>}
      </div>
      <div className="buttons">
        <button type="button" disabled={before === undefined} onClick={() => setBefore(undefined)}>
          Newest
        </button>
        <button type="button" disabled={!answer?.next} onClick={() => setBefore(answer?.next ?? undefined)}>
          Older
        </button>
      </div>
    </section>
  );
}

function ChargeRow({ charge }: { charge: views.PaymentsChargeView['charge'] }) {
  const { id, state, awaiting, amount: money, card, createdAt, account, fault } = charge;
  return (
    <tr>
      <th scope="row">
        <a className="id" href={`#/charges/${id}`}>
          {id}
        </a>
      </th>
      <td>
        <span className="state">
          <Mark kind={chargeMark[state]} />
          {state}
          {awaiting && state !== 'requested' ? ', waits' : ''}
        </span>
      </td>
      <td className="number">{amount(money.amountMinor, money.currency)}</td>
      <td>
        {card.brand} {card.last4}
      </td>
      <td className="wide soft">{timeOfDay(createdAt)}</td>
      <td className="wide id soft">{account}</td>
      <td className="wide id soft">{fault}</td>
    </tr>
  );
}

function OpenCharge() {
  const open = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const id = new FormData(event.currentTarget).get('id');
    if (typeof id === 'string' && id.trim() !== '') location.hash = `#/charges/${encodeURIComponent(id.trim())}`;
  };
  return (
    <form onSubmit={open}>
      <label>
        open <input type="text" name="id" placeholder="ch_… or re_…" />
      </label>
    </form>
  );
}
