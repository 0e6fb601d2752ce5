import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Database, type PgTransaction } from '#postgres';
import { Commands } from '#saga';
import { AdminServer, assemble, CLOCK, JobRunner, LOG, provide, Shutdown, token } from '#service';
import { Metrics } from '#telemetry';
import { BankClients } from '../banks/banks.js';
import { gatewayConfig } from '../settings.js';
import { Dispatch } from './dispatch.js';
import { DispatchModule } from './dispatch.module.js';
import { AuthorizationViewRepository } from '../authorizations/store/authorization-view.repository.js';
import { AuthorizationEntity } from '../authorizations/store/authorization.entity.js';
import { OperationEntity } from '../authorizations/store/operation.entity.js';
import { countLive } from './count-live.repository.js';
import type { OperationObserver } from './operation-observer.js';
import { observeOperations } from './observe-operations.js';
import { Performer } from './performer.js';
import { Worker } from './worker.js';

const OPERATION_OBSERVER = token<OperationObserver>('operation observer');

/** The workers that perform operations at the banks. */
@Module({
  imports: [TypeOrmModule.forFeature([AuthorizationEntity, OperationEntity]), DispatchModule],
  providers: [
    AuthorizationViewRepository,
    provide(OPERATION_OBSERVER, [LOG, Metrics], observeOperations),
    assemble(Performer, {
      banks: BankClients,
      commands: Commands<PgTransaction>,
      store: Database,
      clock: CLOCK,
      observer: OPERATION_OBSERVER,
    }),
    provide(
      Worker,
      [BankClients, Dispatch, Performer, Database, CLOCK, gatewayConfig.KEY, LOG, JobRunner],
      (banks, dispatch, performer, database, clock, settings, log, runner) => {
        const name = 'due-operations';
        const lookEveryMs = settings.OPERATIONS_LOOK_EVERY_MS;
        runner.expect({ name, everyMs: lookEveryMs });
        // Never aborted: the worker awaits a read in progress when it stops.
        const { signal } = new AbortController();
        return new Worker({
          banks,
          dispatch,
          performer,
          database,
          clock,
          holder: settings.INSTANCE_ID,
          lookEveryMs,
          look: (run) => runner.run({ name, run }, signal),
          observer: {
            onError: (error, { operation }) =>
              log.error({ err: error, operation: operation.reference }, 'an operation was left to its lease'),
            onLeft: ({ operation }) =>
              log.info(
                { operation: operation.reference },
                'an operation is left to its lease: the gateway is stopping',
              ),
          },
        });
      },
    ),
  ],
})
export class OperationsModule implements OnApplicationBootstrap {
  constructor(
    private readonly worker: Worker,
    private readonly performer: Performer,
    private readonly database: Database,
    private readonly views: AuthorizationViewRepository,
    private readonly admin: AdminServer,
    private readonly metrics: Metrics,
    private readonly shutdown: Shutdown,
  ) {}

  onApplicationBootstrap(): void {
    const { worker, performer, database } = this;
    this.shutdown.during('workers', 'the workers', async () => {
      performer.close();
      await worker.stop();
    });
    this.admin.get('/charges/:id', ({ params }) => this.views.find(params['id']!));
    this.metrics.gauge(
      { name: 'bank_operations_in_hand', help: 'Operations that this process is performing.' },
      (gauge) => gauge.set(worker.inHand),
    );
    this.metrics.gauge(
      {
        name: 'bank_operations_live',
        help: 'Operations that have not ended, of all instances.',
        labels: ['bank', 'kind', 'state'],
      },
      async (gauge) => {
        const live = await countLive(database);
        gauge.reset();
        for (const { bank, kind, state, count } of live) gauge.set({ bank, kind, state }, count);
      },
    );
    worker.start();
  }
}
