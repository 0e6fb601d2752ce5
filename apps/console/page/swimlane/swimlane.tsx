import type { ChargeTimeline } from '#charge-story';
import { Mark, type MarkKind } from '../parts/mark.js';
import { layoutOf, type SwimlaneRow } from './layout.js';

const marks = { plain: 'dot', good: 'good', back: 'back', trouble: 'bad' } satisfies Record<
  SwimlaneRow['tone'],
  MarkKind
>;
/** What the mark says, for those who do not see it. */
const toneWords = { plain: '', good: 'done: ', back: 'given back: ', trouble: 'trouble: ' };

/**
 * A charge's way between those who take part, from top to bottom. It needs no server: the console, the chaos report and
 * simulated worlds show the same.
 *
 * @param untilMs rows after this time are still to come; without it all are shown
 */
export function Swimlane({ story, untilMs = Infinity }: { story: ChargeTimeline; untilMs?: number }) {
  const { lanes, rows } = layoutOf(story);
  return (
    <table className="swimlane">
      <thead>
        <tr>
          <th scope="col" className="number">
            time
          </th>
          <th scope="col">
            <span className="lanes names">
              {lanes.map((lane) => (
                <span key={lane}>{lane}</span>
              ))}
            </span>
          </th>
          <th scope="col">what happened</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} lanes={lanes.length} isAhead={(row.atMs ?? 0) > untilMs} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row, lanes, isAhead }: { row: SwimlaneRow; lanes: number; isAhead: boolean }) {
  const { atMs, isEstimate, gapMs, who, lane, from, to, tone, text, events, undoes } = row;
  const middle = (index: number): string => `${((index + 0.5) / lanes) * 100}%`;
  return (
    <tr className={isAhead ? 'ahead' : undefined} data-tone={tone}>
      <td className="number">
        {atMs === null ? '' : `${isEstimate ? '~' : ''}${durationOf(atMs)}`}
        {gapMs !== null && <span className="gap">{durationOf(gapMs)} later</span>}
      </td>
      <td className="drawn" aria-hidden="true">
        <span className="lanes">
          {Array.from({ length: lanes }, (_, index) => (
            <span key={index} className={index === lane ? 'here' : undefined} />
          ))}
          {from !== null && <Arrow from={from} to={lane} lanes={lanes} />}
          {to !== null && <Arrow from={lane} to={to} lanes={lanes} isCall />}
          <span className="at" style={{ left: middle(lane) }}>
            <Mark kind={marks[tone]} />
          </span>
        </span>
      </td>
      <td>
        <span className="heard">{toneWords[tone]}</span>
        <b>{who}</b> {text}
        {events.length > 0 && <span className="events">{events.map((name) => `→ ${name}`).join('  ')}</span>}
        {undoes !== null && <span className="events">undoes {undoes}</span>}
      </td>
    </tr>
  );
}

/** An event by Kafka is drawn solid; a call to a bank, dashed. */
function Arrow({ from, to, lanes, isCall = false }: { from: number; to: number; lanes: number; isCall?: boolean }) {
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  return (
    <span
      className={`arrow ${from < to ? 'right' : 'left'}${isCall ? ' call' : ''}`}
      style={{ left: `${((left + 0.5) / lanes) * 100}%`, width: `${((right - left) / lanes) * 100}%` }}
    />
  );
}

function durationOf(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60 ? `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s` : `${(minutes / 60).toFixed(1)} h`;
}
