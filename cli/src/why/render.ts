import { duration, type ChargeTimeline, type PlacedEntry } from '#charge-story';
import { wrap } from '../wrap.js';

export interface Terminal {
  /** Columns. */
  readonly width: number;
  readonly colours: boolean;
}

const TIME = 10;
const WHO = 14;

/** A story as lines for a terminal. */
export function render(story: ChargeTimeline, { width, colours }: Terminal): string[] {
  const ink = colours ? inks : plainInks;
  const text = Math.max(30, Math.min(width, 110) - TIME - WHO - 2);
  const wide = Math.max(40, Math.min(width, 110));
  return [
    ...headOf(story, wide, ink),
    '',
    ...story.moments.flatMap((moment) => linesOf(moment, story, text, ink)),
    '',
    ink.strong('How it stands'),
    ...story.standing.flatMap(({ who, text: says }) =>
      hang(`  ${who.padEnd(20)}`, wrap(says, wide - 22), (line) => line),
    ),
    ...story.alarms.flatMap((alarm) => hang('  ! ', wrap(alarm, wide - 4), ink.trouble)),
    '',
    ...wrap(story.verdict, wide).map(ink.strong),
  ];
}

function headOf({ chargeId, account, about, fault, beganAt }: ChargeTimeline, width: number, ink: Inks): string[] {
  const began = beganAt === null ? '' : ` Times count from ${whenOf(beganAt)}.`;
  return [
    `${ink.strong(chargeId)}${account ? ` of ${account}` : ''}`,
    ...(about ? wrap(`${about}.${began}`, width) : []),
    ...(fault ? wrap(`Opened with the fault token ${fault}.`, width) : []),
  ];
}

const whenOf = (at: number): string => {
  const [day, time] = new Date(at).toISOString().split('T') as [string, string];
  return `${day} ${time.slice(0, -1)} UTC`;
};

function linesOf(moment: PlacedEntry, { beganAt }: ChargeTimeline, width: number, ink: Inks): string[] {
  const { who, text, tone, says = [], undoes } = moment;
  const colour = tone === 'plain' ? (line: string) => line : ink[tone];
  const body = wrap(text, width).map(colour);
  const events = [...says.map(({ name }) => `→ ${name}`), ...(undoes ? [`undoes ${undoes}`] : [])].join(', ');
  if (events) {
    const last = wrap(text, width).at(-1)!;
    if (last.length + 2 + events.length <= width) body[body.length - 1] += `  ${ink.quiet(events)}`;
    else body.push(...wrap(events, width).map(ink.quiet));
  }
  const left = `${ink.quiet(timeOf(moment, beganAt).padStart(TIME))}  ${ink.who(who, who.padEnd(WHO))}`;
  return hang(left, body, (line) => line, TIME + 2 + WHO);
}

function timeOf({ shownAt, isEstimate }: PlacedEntry, beganAt: number | null): string {
  if (shownAt === null || beganAt === null) return '';
  const after = shownAt - beganAt;
  return `${isEstimate ? '~' : ''}${after < 1_000 ? `${Math.round(after)} ms` : duration(after)}`;
}

/** The first line behind `left`, the others below it. */
function hang(
  left: string,
  lines: readonly string[],
  colour: (line: string) => string,
  indent = left.length,
): string[] {
  return lines.map((line, place) => `${place === 0 ? left : ' '.repeat(indent)}${colour(line)}`);
}

type Ink = (text: string) => string;
interface Inks {
  readonly good: Ink;
  readonly back: Ink;
  readonly trouble: Ink;
  readonly quiet: Ink;
  readonly strong: Ink;
  readonly who: (who: string, text: string) => string;
}

const sgr =
  (code: string): Ink =>
  (text) =>
    `\u001B[${code}m${text}\u001B[0m`;
const colourOf: Readonly<Record<string, string>> = {
  merchant: '1',
  'payments-api': '34',
  'bank-gateway': '33',
  ledger: '32',
};
const inks: Inks = {
  good: sgr('32'),
  back: sgr('36'),
  trouble: sgr('31'),
  quiet: sgr('2'),
  strong: sgr('1'),
  who: (who, text) => sgr(colourOf[who] ?? '35')(text),
};
const plain: Ink = (text) => text;
const plainInks: Inks = {
  good: plain,
  back: plain,
  trouble: plain,
  quiet: plain,
  strong: plain,
  who: (_, text) => text,
};
