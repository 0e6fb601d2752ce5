/** What a charge touches: a bank that sets money aside, and the books that may refuse it. */
export interface SagaWorld {
  readonly bank: {
    authorize(): Promise<void>;
    capture(): Promise<void>;
    /** @throws when its answer is lost, or the bank is away */
    void(): Promise<void>;
  };
  readonly ledger: {
    /** @throws when the account is frozen */
    placeHold(): Promise<void>;
  };
}

/** A bank that remembers what it has set aside, and a ledger that refuses. */
export function refusingWorld({ voidsThatFail = 0 } = {}): { world: SagaWorld; setAside: () => number } {
  let setAsideMinor = 0;
  let voids = 0;
  const world: SagaWorld = {
    bank: {
      authorize: async () => void (setAsideMinor = 1_000),
      capture: async () => void (setAsideMinor = 0),
      void: async () => {
        voids += 1;
        if (voids <= voidsThatFail) throw new Error('no answer');
        setAsideMinor = 0;
      },
    },
    ledger: {
      placeHold: async () => {
        throw new Error('the account is frozen');
      },
    },
  };
  return { world, setAside: () => setAsideMinor };
}
