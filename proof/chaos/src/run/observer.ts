import { setTimeout as sleep } from 'node:timers/promises';
import { statement } from '#postgres';
import { databaseNames, type ChaosDatabases } from '../evidence/databases.js';
import { jobMetrics } from '../verdict/periodic-jobs.js';
import { Counters } from '../evidence/counters.js';

const SCRAPE_EVERY_MS = 2_000;
/** A frozen Postgres accepts a query and does not answer it. */
const ANSWERED_WITHIN_MS = 2_000;
const counted = ['step_outcomes_total', ...jobMetrics];
const leases = statement('chaos_leases', 'SELECT name, holder FROM lease');

/** Lease → the instance that holds it. */
export type Holders = ReadonlyMap<string, string>;

/** Records what is lost when a process ends: its counters and its leases. */
export class Observer {
  readonly counters = new Counters();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly adminUrls: Readonly<Record<string, string>>,
    private readonly databases: ChaosDatabases,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.scrape(), SCRAPE_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async scrape(): Promise<void> {
    await Promise.all(
      Object.entries(this.adminUrls).map(async ([instance, url]) => {
        const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(1_500) }).catch(() => undefined);
        const text = await response?.text().catch(() => undefined);
        if (response?.ok && text !== undefined) this.counters.add(instance, text, counted);
      }),
    );
  }

  /** Empty if Postgres does not answer. */
  async holders(): Promise<Holders> {
    const rows = await Promise.all(
      databaseNames.map(async (database) => {
        const asked = this.databases.query<{ name: string; holder: string }>(database, leases).catch(() => []);
        const held = await Promise.race([asked, sleep(ANSWERED_WITHIN_MS, [])]);
        return held.map(({ name, holder }): [string, string] => [`${database} ${name}`, holder.split('#')[0]!]);
      }),
    );
    return new Map(rows.flat());
  }
}
