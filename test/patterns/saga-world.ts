/** The participants of a charge: a bank that authorizes, and a ledger that may refuse the hold. */
export interface SagaWorld {
  readonly bank: {
    authorize(): Promise<void>;
    capture(): Promise<void>;
    /** @throws if the answer is lost or the bank is down */
    void(): Promise<void>;
  };
  readonly ledger: {
    /** @throws if the account is frozen */
    placeHold(): Promise<void>;
  };
}

/** A bank that keeps the authorized amount, and a ledger that refuses every hold. */
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
