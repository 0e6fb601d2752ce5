import { useState } from 'react';
import type { bankProtocol, views } from '#contracts';
import type { ChargeResult } from '../../src/traffic/stripe.client.js';
import { request } from '../live/request.js';
import { useAction } from '../live/use-action.js';
import { useAnswer } from '../live/use-answer.js';
import { useMayAct } from '../live/use-access.js';
import { Mark } from '../parts/mark.js';
import { faultWords, operationsOf } from './fault-words.js';

const brands: readonly bankProtocol.Brand[] = ['visa', 'mastercard', 'amex', 'discover', 'diners', 'jcb', 'unionpay'];
const faultNames = Object.keys(faultWords) as bankProtocol.FaultName[];

function expectationOf(card: views.TestCardView): string {
  const { behavior, country, riskLevel, bypassesPending, refundsBeginPending } = card;
  const more = [
    ...(riskLevel === null ? [] : [`risk ${riskLevel}`]),
    ...(bypassesPending ? ['available at once'] : []),
    ...(refundsBeginPending ? ['its refunds begin pending'] : []),
    ...(country === 'US' ? [] : [`issued in ${country}`]),
  ];
  const end = behavior === 'approve' ? 'Succeeds' : `Fails: ${behavior.replaceAll('_', ' ')}`;
  return [end, ...more].join(', ');
}

export function ChargeForm() {
  const { answer: cards } = useAnswer<readonly views.TestCardView[]>('/traffic/cards');
  const [kind, setKind] = useState<'card' | 'fault'>('card');
  const [card, setCard] = useState('tok_visa');
  const [fault, setFault] = useState<bankProtocol.FaultName>('drop_after');
  const [operation, setOperation] = useState<bankProtocol.TokenOperation>('capture');
  const [brand, setBrand] = useState<bankProtocol.Brand>('visa');
  const [units, setUnits] = useState('20.00');
  const [capture, setCapture] = useState(true);
  const [key, setKey] = useState('');
  const [result, setResult] = useState<ChargeResult>();
  const { isRunning, problem, run } = useAction();
  const mayAct = useMayAct();
  const allowed = operationsOf(fault);
  const struck = allowed.includes(operation) ? operation : allowed[0]!;
  const source = kind === 'card' ? card : `tok_fault_${struck}_${fault}_on_${brand}`;
  const chosen = cards?.find(({ token }) => token === card);
  const expectation = kind === 'fault' ? faultWords[fault] : chosen ? `${expectationOf(chosen)}.` : '…';
  const send = (): Promise<void> =>
    run(async () => {
      setResult(undefined);
      const amountMinor = Math.round(Number(units) * 100);
      const order = { source, amountMinor, currency: 'usd', capture, ...(key !== '' && { idempotencyKey: key }) };
      setResult(await request<ChargeResult>('POST', '/traffic/charges', order));
    });
  return (
    <section aria-labelledby="one">
      <h2 id="one">One charge</h2>
      <form
        className="card form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label>
          <span>what</span>
          <select value={kind} onChange={({ target }) => setKind(target.value === 'fault' ? 'fault' : 'card')}>
            <option value="card">a test card</option>
            <option value="fault">a fault token</option>
          </select>
        </label>
        {kind === 'card' ? (
          <label>
            <span>card</span>
            <select value={card} onChange={({ target }) => setCard(target.value)}>
              {(cards ?? []).map(({ token }) => (
                <option key={token}>{token}</option>
              ))}
            </select>
          </label>
        ) : (
          <>
            <label>
              <span>fault</span>
              <select
                value={fault}
                onChange={({ target }) => setFault(faultNames.find((name) => name === target.value) ?? 'hang')}
              >
                {faultNames.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
            <label>
              <span>strikes</span>
              <select
                value={struck}
                onChange={({ target }) => setOperation(allowed.find((each) => each === target.value) ?? struck)}
              >
                {allowed.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
            <label>
              <span>card network</span>
              <select
                value={brand}
                onChange={({ target }) => setBrand(brands.find((each) => each === target.value) ?? 'visa')}
              >
                {brands.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
          </>
        )}
        <label>
          <span>usd</span>
          <input
            type="number"
            min="0.5"
            max="999999"
            step="0.01"
            value={units}
            onChange={({ target }) => setUnits(target.value)}
          />
        </label>
        <label>
          <span>idempotency key</span>
          <input type="text" placeholder="a new one" value={key} onChange={({ target }) => setKey(target.value)} />
        </label>
        <label className="check">
          <input type="checkbox" checked={capture} onChange={({ target }) => setCapture(target.checked)} />
          capture at once
        </label>
        <button type="submit" className="main" disabled={!mayAct || isRunning}>
          {isRunning ? 'Charging …' : 'Charge'}
        </button>
        <p className="expect">
          <code>{source}</code> <span className="soft">{expectation}</span>
        </p>
      </form>
      <div className="result" role="status">
        {problem && <p role="alert">{problem}</p>}
        {result && <Result result={result} />}
      </div>
    </section>
  );
}

function Result({ result: { status, chargeId, text, tookMs } }: { result: ChargeResult }) {
  return (
    <p>
      <Mark kind={status === 200 ? 'good' : 'bad'} /> {status ?? 'no answer'} after {tookMs} ms: {text}{' '}
      {chargeId !== null && (
        <a className="id" href={`#/charges/${chargeId}`}>
          {chargeId}
        </a>
      )}
    </p>
  );
}
