import type { Clock } from '#clock';
import { statement, type Database, type PgTransaction } from '#postgres';
import type { BatchRunner } from '#saga';
import type { Log } from '#telemetry';
import { expireCharge } from './expiry.js';

const BATCH = 200;

interface Due {
  id: string;
  account: string;
}

/** Accounts that live in everybody's time. */
export const dueStatement = statement(
  'charge_due',
  `SELECT charge.id, charge.account FROM charge
   LEFT JOIN LATERAL (
     SELECT offset_ms FROM test_clock WHERE test_clock.account = charge.account AND NOT deleted LIMIT 1
   ) AS clock ON true
   WHERE charge.expires_at <= to_timestamp($1 / 1000.0) AND clock.offset_ms IS NULL
   ORDER BY charge.expires_at LIMIT $2`,
);

const dueByClock = (which: string): string => `
  SELECT due.id, clock.account FROM test_clock AS clock
  CROSS JOIN LATERAL (
    SELECT id FROM charge
    WHERE charge.account = clock.account AND expires_at <= to_timestamp(($1 + clock.offset_ms) / 1000.0)
    ORDER BY expires_at LIMIT $2
  ) AS due
  WHERE NOT clock.deleted ${which} LIMIT $2`;
/** An account whose clock was set just now. */
export const dueOfAccountStatement = statement('charge_due_of_account', dueByClock('AND clock.account = $3'));
/** All accounts with a clock of their own; clocks go after a month, so there are never many to go through. */
const dueByClockStatement = statement('charge_due_by_clock', dueByClock(''));

/** Finds authorizations whose time is up, and gives them back. Harmless twice at once: each is decided under its lock. */
export class ExpiryJob {
  constructor(
    private readonly database: Database,
    private readonly runner: BatchRunner<PgTransaction>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async run(): Promise<void> {
    const now = this.clock.now();
    await this.expireAll(() => this.database.query<Due>(dueStatement, [now, BATCH]));
    await this.expireAll(() => this.database.query<Due>(dueByClockStatement, [now, BATCH]));
  }

  /** Of one account, whose clock was set just now. */
  async runFor(account: string): Promise<void> {
    const now = this.clock.now();
    await this.expireAll(() => this.database.query<Due>(dueOfAccountStatement, [now, BATCH, account]));
  }

  private async expireAll(find: () => Promise<Due[]>): Promise<void> {
    for (let last = ''; ;) {
      const due = await find();
      if (due.length === 0) return;
      // This process may not have heard of a clock yet, and leave what the store finds due: the next run knows it.
      const first = due[0]!.id;
      if (first === last) return;
      last = first;
      await this.runner.run(due.map(expireCharge));
      this.log.info({ found: due.length }, 'authorizations have lapsed: they are being given back');
      if (due.length < BATCH) return;
    }
  }
}
