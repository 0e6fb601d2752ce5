import type { ToldCharge } from '../../src/charges/charges.controller.js';
import { useAnswer } from '../live/use-answer.js';
import { Mark } from '../parts/mark.js';
import { Swimlane } from '../swimlane/swimlane.js';
import { Entries } from './entries.js';
import { Keys } from './keys.js';

/** A charge may still be on its way. */
const REFRESHED_EVERY_MS = 2_000;

export function OneCharge({ id }: { id: string }) {
  const { answer, problem } = useAnswer<ToldCharge>(`/charges/${encodeURIComponent(id)}`, REFRESHED_EVERY_MS);
  return (
    <>
      <p className="upward">
        <a href="#/charges">← all charges</a>
      </p>
      {problem && <p role="alert">{problem}</p>}
      {answer && <Told told={answer} />}
    </>
  );
}

function Told({ told: { story, evidence } }: { told: ToldCharge }) {
  const { chargeId, account, about, fault, verdict, alarms, standing } = story;
  return (
    <>
      <section aria-labelledby="charge">
        <h2 id="charge" className="id">
          {chargeId}
        </h2>
        <p className="verdict">{verdict}</p>
        <p className="soft">
          {about}
          {account && `, ${account}`}
          {fault && `, with the fault token ${fault}`}.
        </p>
        {alarms.map((alarm) => (
          <p key={alarm} className="alarm">
            <Mark kind="bad" /> {alarm}
          </p>
        ))}
      </section>
      <section className="card way" aria-label="Its way">
        <Swimlane story={story} />
      </section>
      <section aria-labelledby="standing">
        <h2 id="standing">How it stands</h2>
        <dl className="standing card">
          {standing.map(({ who, text }) => (
            <div key={who}>
              <dt>{who}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </section>
      {evidence.ledger.kind === 'told' && <Entries transfers={evidence.ledger.view.transfers} />}
      {evidence.payments.kind === 'told' && <Keys keys={evidence.payments.view.keys} />}
    </>
  );
}
