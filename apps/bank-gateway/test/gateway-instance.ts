import type { BankLimits } from '#bank-call';
import { SystemClock } from '#clock';
import type { CloudEvent, EventContract } from '#contracts';
import { statement, type Database, type PgTransaction } from '#postgres';
import { BatchRunner, Commands, PostgresInbox, type EffectHandler } from '#saga';
import { withFrameTables } from '#service';
import { provisionedDatabase, type ProvisionedDatabase } from '#testing';
import { authorizations } from '../src/authorizations/authorization/authorization.js';
import { AuthorizationRepository } from '../src/authorizations/store/authorization.repository.js';
import { gatewayDatabase } from '../src/gateway-database.js';
import { BeginOperations } from '../src/operations/begin-operations.js';
import { Dispatch } from '../src/operations/dispatch.js';
import { Performer } from '../src/operations/performer.js';
import { Worker } from '../src/operations/worker.js';
import { stepOn } from './handlers.js';
import { banksBehind, type StubBanks } from './stub-banks.js';

const clock = new SystemClock();

/** An empty database like the gateway's own. */
export function provisionedGateway(): Promise<ProvisionedDatabase> {
  return provisionedDatabase(withFrameTables(gatewayDatabase));
}

/** One process of the gateway, without Nest and Kafka: events are recorded instead of published. */
export function gatewayInstance(name: string, database: Database, stub: StubBanks, limits: Partial<BankLimits> = {}) {
  const banks = banksBehind(stub, clock, limits);
  const dispatch = new Dispatch(banks);
  const repository = new AuthorizationRepository(banks, { INSTANCE_ID: name });
  const begin = new BeginOperations(banks, dispatch, clock);
  const emitted: CloudEvent[] = [];
  const runner = new BatchRunner<PgTransaction>({
    service: 'bank-gateway',
    store: database,
    inbox: new PostgresInbox(),
    outbox: { append: (tx, events) => tx.onCommit(() => void emitted.push(...events)) },
    aggregates: new Map([[authorizations.kind, repository]]),
    preparations: new Map([[authorizations.kind, begin]]),
    effects: new Map([['begin_operation', begin as EffectHandler]]),
    clock,
  });
  const errors: unknown[] = [];
  const observer = { ended: () => undefined, inDoubt: () => undefined, needsAttention: () => undefined };
  const performer = new Performer({
    banks,
    commands: new Commands(runner, { clock }),
    store: database,
    clock,
    observer,
  });
  const worker = new Worker({
    banks,
    dispatch,
    performer,
    database,
    clock,
    lookEveryMs: 500,
    holder: name,
    look: (look) => look().catch((error: unknown) => void errors.push(error)),
    observer: { onError: (error) => errors.push(error), onLeft: () => undefined },
  });
  return {
    banks,
    dispatch,
    repository,
    runner,
    worker,
    emitted,
    errors,
    /** Handles events of one type about many charges, in one transaction. */
    react<Data extends { chargeId: string }>(on: EventContract<Data>, events: readonly Data[]) {
      const step = stepOn(on);
      return runner.run(
        events.map((event) => ({
          aggregate: step.aggregate,
          key: event,
          decide: (state: unknown, now: number, context: unknown) => step.decide(state, event, now, context),
        })),
      );
    },
    async stop(): Promise<void> {
      performer.close();
      await worker.stop();
      banks.close();
    },
  };
}

/** Expires the leases of all operations. */
export const lapseLeases = statement(
  'test.lapse_leases',
  'UPDATE bank_operation SET due_at = now() WHERE due_at > now()',
);
