import { BankCaller, defaultLimits, type BankPort, type WireResult } from '#bank-call';
import type { Clock } from '#clock';
import { bankProtocol } from '#contracts';
import { authorize } from '../../libs/bank-call/src/testing/scripted-bank.js';

/** One caller per bank: all its calls share a retry budget and a circuit breaker. */
export function hardenedRetry(clock: Clock, bank: bankProtocol.BankName, send: () => Promise<WireResult>) {
  const port: BankPort = { send: () => send() };
  const config = { ...bankProtocol.bankProfiles[bank], url: 'http://127.0.0.1:0', limits: defaultLimits };
  const caller = new BankCaller({ config, port, clock });
  const attempt = (number: number) => ({
    id: `at_${number}`,
    begunAtMs: clock.monotonicMs(),
    validUntil: clock.now() + 3_000,
  });
  return async (): Promise<void> => {
    await caller.call(authorize, { attempt: attempt(1), beforeReattempt: async (number) => attempt(number) });
  };
}
