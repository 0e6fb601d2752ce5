import type { InvariantLight } from '../../src/invariants/lights.js';
import { Mark } from '../parts/mark.js';

const kinds = { holds: 'good', broken: 'bad', unknown: 'none' } as const;
const words = { holds: 'holds', broken: 'broken', unknown: 'not known' };
/** Shown until the server has told anything, so that nothing moves when it does. */
const pending: readonly InvariantLight[] = [
  { id: 'balanced', title: 'Books balanced', state: 'unknown', text: '…' },
  { id: 'suspense', title: 'Suspense zero', state: 'unknown', text: '…' },
  { id: 'journals', title: 'Journals = ledger', state: 'unknown', text: '…' },
  { id: 'keys', title: 'Keys unique', state: 'unknown', text: '…' },
];

export function Lights({ lights = pending }: { lights?: readonly InvariantLight[] | undefined }) {
  return (
    <section aria-label="Invariants">
      <ul className="lights">
        {lights.map(({ id, title, state, text }) => (
          <li key={id} className={`card light ${state}`} data-light={id} data-state={state}>
            <Mark kind={kinds[state]} />
            <div>
              <h2>{title}</h2>
              <p className="word">{words[state]}</p>
              <p className="soft" title={text}>
                {text}
              </p>
            </div>
          </li>
        ))}
      </ul>
      <p className="heard" role="status">
        {lights
          .filter(({ state }) => state === 'broken')
          .map(({ title, text }) => `${title}: broken, ${text}.`)
          .join(' ')}
      </p>
    </section>
  );
}
