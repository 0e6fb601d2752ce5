import { describe, expect } from '@jest/globals';
import { bothVersions } from './both-versions.js';
import { hardenedSaga } from './hardened-saga.js';
import { naiveSaga } from './naive-saga.js';
import { refusingWorld, type SagaWorld } from './saga-world.js';

type Saga = (world: SagaWorld) => Promise<unknown>;

describe('saga with compensation', () => {
  bothVersions<Saga>(
    { naive: naiveSaga, hardened: hardenedSaga },
    {
      async 'after the ledger refuses the hold, the bank holds no money'(saga) {
        const { world, setAside } = refusingWorld();
        await saga(world).catch(() => undefined);
        expect(setAside()).toBe(0);
      },
      async 'a compensation whose answer is lost is retried until it is confirmed'(saga) {
        const { world, setAside } = refusingWorld({ voidsThatFail: 3 });
        await saga(world).catch(() => undefined);
        expect(setAside()).toBe(0);
      },
    },
  );
});
