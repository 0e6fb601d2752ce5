import { setTimeout as sleep } from 'node:timers/promises';
import { SystemClock } from '#clock';
import { Database, statement } from '#postgres';
import { ParkedEvents, type ParkedKey } from '#saga';
import { CommandError } from '../command.js';
import { databaseOf, type ParkedCommand, type ParkingService } from './parked-command.js';
import { age, brief, table } from '../table.js';

/** Interval of checks. A running service looks for replays every second. */
const LOOK_EVERY_MS = 200;
/** If no key is replayed or locked for this long, the service does not run. */
const PATIENCE_MS = 5_000;

const replayerStatement = statement(
  'parked.replayer',
  `SELECT FROM lease WHERE name = 'job-replay' AND expires_at > clock_timestamp()`,
);

/** @returns the output. @throws CommandError if the named event or key is not parked */
export async function runParked(url: string, command: ParkedCommand): Promise<string> {
  switch (command.kind) {
    case 'list':
      return list(url, command.services);
    case 'show':
      return withParked(url, command.service, (parked) => show(parked, command));
    case 'replay':
      return withParked(url, command.service, (parked, database) => replay(parked, database, command));
    case 'discard':
      return withParked(url, command.service, (parked) => discard(parked, command));
  }
}

async function withParked<T>(
  url: string,
  service: ParkingService,
  work: (parked: ParkedEvents, database: Database) => Promise<T>,
): Promise<T> {
  const where = {
    url,
    database: databaseOf[service],
    applicationName: 'parked',
    maxConnections: 1,
    openWithinMs: 3_000,
  };
  const database = await Database.open({ ...where, clock: new SystemClock() });
  try {
    return await work(new ParkedEvents(database), database);
  } finally {
    await database.close();
  }
}

async function list(url: string, services: readonly ParkingService[]): Promise<string> {
  const now = Date.now();
  const found: [ParkingService, ParkedKey][] = [];
  for (const service of services) {
    const keys = await withParked(url, service, (parked) => parked.keys(1_000));
    found.push(...keys.map((key): [ParkingService, ParkedKey] => [service, key]));
  }
  if (found.length === 0) return `nothing is parked at ${services.join(', ')}`;
  const rows = found.map(([service, key]) => [
    service,
    key.key,
    String(key.events),
    String(key.position),
    key.id,
    String(key.attempts),
    age(now - key.parkedAt),
    `${key.replayRequestedAt === null ? '' : '(replay asked for) '}${brief(key.error)}`,
  ]);
  return table(['service', 'key', 'events', 'position', 'first event', 'tries', 'since', 'error'], rows);
}

async function show(parked: ParkedEvents, { service, event }: { service: string; event: string }): Promise<string> {
  const found = await parked.find(event);
  if (!found) throw new CommandError(`nothing is parked as ${event} at ${service}: holdfast parked list ${service}`);
  const { origin } = found;
  const facts: [string, string][] = [
    ['event', `${found.event.id} (${found.event.type}) from ${found.event.source}`],
    ['key', found.key],
    ['position', String(found.position)],
    ['stood at', `${origin.topic}, partition ${origin.partition}, offset ${origin.offset}`],
    ['parked', new Date(found.parkedAt).toISOString()],
    [
      'tried',
      `${found.attempts} times${found.failedAt === null ? '' : `, last ${new Date(found.failedAt).toISOString()}`}`,
    ],
    ['trace', found.event.traceparent ?? 'none'],
    ...(found.discardedAt === null
      ? []
      : [['discarded', `${new Date(found.discardedAt).toISOString()}: ${found.discardReason}`] as [string, string]]),
    ['error', found.error],
    ['data', JSON.stringify(found.event.data, null, 2)],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const others = await parked.ofKey(found.key);
  const order = others.map(({ position, event: { id }, attempts, error, behind }) => [
    String(position),
    id,
    String(attempts),
    behind ? 'waits behind the first' : brief(error),
  ]);
  return [
    ...facts.map(([name, value]) => `${name.padEnd(width)}  ${value.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`),
    ...(others.length > 0 ? ['', `parked under ${found.key}, in the order of a replay`] : []),
    ...(others.length > 0 ? [table(['position', 'event', 'tries', 'error'], order)] : []),
  ].join('\n');
}

async function replay(
  parked: ParkedEvents,
  database: Database,
  { service, selection }: Extract<ParkedCommand, { kind: 'replay' }>,
): Promise<string> {
  const keys = await parked.requestReplay(selection);
  if (keys.length === 0)
    throw new CommandError(`nothing of that is parked at ${service}: holdfast parked list ${service}`);
  const left = await whenDone(parked, database, new Set(keys));
  if (left === undefined) {
    return `${keys.length} keys are marked. ${service} does not run: it replays them as soon as it does.`;
  }
  const stuck = left.map((key) => [key.key, String(key.events), key.id, brief(key.error)]);
  return [
    `${keys.length - left.length} of ${keys.length} keys are through.`,
    ...(stuck.length > 0 ? ['', table(['still parked', 'events', 'fails', 'error'], stuck)] : []),
  ].join('\n');
}

/** Keys whose replay failed again. Undefined if the service does not run. */
async function whenDone(
  parked: ParkedEvents,
  database: Database,
  keys: ReadonlySet<string>,
): Promise<ParkedKey[] | undefined> {
  let waiting = keys.size;
  for (let changedAt = performance.now(); ; await sleep(LOOK_EVERY_MS)) {
    const there = (await parked.keys(100_000)).filter(({ key }) => keys.has(key));
    const asked = there.filter(({ replayRequestedAt }) => replayRequestedAt !== null).length;
    if (asked === 0) return there;
    if (asked !== waiting) changedAt = performance.now();
    waiting = asked;
    if (performance.now() - changedAt < PATIENCE_MS) continue;
    if ((await database.query(replayerStatement)).length === 0) return undefined;
  }
}

async function discard(
  parked: ParkedEvents,
  { service, event, reason }: Extract<ParkedCommand, { kind: 'discard' }>,
): Promise<string> {
  const found = await parked.find(event);
  const left = await parked.discard(event, reason);
  if (!found || left === undefined)
    throw new CommandError(`nothing is parked as ${event} at ${service}: holdfast parked list ${service}`);
  const behind =
    left === 0
      ? `${found.key} is free again.`
      : `${left} events of ${found.key} still wait: holdfast parked replay ${service} --key ${found.key}`;
  return `${service} will never decide ${found.event.id}. ${behind}`;
}
