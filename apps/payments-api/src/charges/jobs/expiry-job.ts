import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, LOG } from '#service';
import type { Clock } from '#clock';
import { statement, Database, type PgTransaction } from '#postgres';
import { RowsFailedError, workOff, BatchRunner, type DueWork } from '#saga';
import type { Log } from '#telemetry';
import { expireCharge } from '../charge/expiry.js';

const BATCH = 200;

interface Due {
  id: string;
  account: string;
}

/** Accounts without a test clock. */
export const dueStatement = statement(
  'charge_due',
  `SELECT charge.id, charge.account FROM charge
   LEFT JOIN LATERAL (
     SELECT offset_ms FROM test_clock WHERE test_clock.account = charge.account AND NOT deleted LIMIT 1
   ) AS clock ON true
   WHERE charge.expires_at <= to_timestamp($1 / 1000.0) AND clock.offset_ms IS NULL
     AND charge.id <> ALL ($3::text[])
   ORDER BY charge.expires_at LIMIT $2`,
);

const dueByClock = (which: string): string => `
  SELECT due.id, clock.account FROM test_clock AS clock
  CROSS JOIN LATERAL (
    SELECT id FROM charge
    WHERE charge.account = clock.account AND expires_at <= to_timestamp(($1 + clock.offset_ms) / 1000.0)
      AND charge.id <> ALL ($3::text[])
    ORDER BY expires_at LIMIT $2
  ) AS due
  WHERE NOT clock.deleted ${which} LIMIT $2`;
/** One account, after its test clock was advanced. */
export const dueOfAccountStatement = statement('charge_due_of_account', dueByClock('AND clock.account = $4'));
/** All accounts with a test clock. Clocks are deleted after a month, so there are few. */
const dueByClockStatement = statement('charge_due_by_clock', dueByClock(''));

/** Cancels authorizations that lapsed. Two runs at once are harmless: each charge is decided under its lock. */
@Injectable()
export class ExpiryJob {
  constructor(
    private readonly database: Database,
    private readonly runner: BatchRunner<PgTransaction>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** @throws RowsFailedError naming charges that could not be canceled; all others are */
  async run(stopped?: AbortSignal): Promise<void> {
    const now = this.clock.now();
    const failures = new Map<string, unknown>();
    // A failure in one group must not hold up the other.
    for (const statement of [dueStatement, dueByClockStatement]) {
      const find = (limit: number, except: readonly string[]) =>
        this.database.query<Due>(statement, [now, limit, except]);
      try {
        await this.expireAll(find, stopped);
      } catch (error) {
        if (!(error instanceof RowsFailedError)) throw error;
        for (const [id, cause] of error.failures) failures.set(id, cause);
      }
    }
    if (failures.size > 0) throw new RowsFailedError(failures);
  }

  /** One account, after its test clock was advanced. */
  async runFor(account: string): Promise<void> {
    const now = this.clock.now();
    await this.expireAll((limit, except) =>
      this.database.query<Due>(dueOfAccountStatement, [now, limit, except, account]),
    );
  }

  /** A process that has not yet read a new clock leaves its charges to the next run. */
  private expireAll(due: DueWork<Due>['due'], stopped?: AbortSignal): Promise<void> {
    return workOff({
      due,
      idOf: ({ id }) => id,
      work: async (found) => {
        await this.runner.run(found.map(expireCharge));
        this.log.info({ found: found.length }, 'authorizations have lapsed: they are being given back');
      },
      limit: BATCH,
      isTransient: (error) => this.runner.isTransient(error),
      stopped,
    });
  }
}
