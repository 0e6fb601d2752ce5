import { NoopPolicy, TaskCancelledError, type IDefaultPolicyContext } from 'cockatiel';
import type { Clock } from '#clock';

/** How long work may take to return what it knows after its signal has aborted. */
const graceMs = 100;

/**
 * The time-out of one attempt, as a policy for cockatiel's `wrap`: each attempt has a signal of its own. When its time
 * is up the signal aborts, and what the work then returns is the result, as with cockatiel's cooperative strategy.
 * Work that ignores its signal is abandoned after a grace with a `TaskCancelledError`, as with the aggressive one.
 *
 * cockatiel offers one strategy or the other: the cooperative one waits for ever for work that ignores its signal, the
 * aggressive one throws away what the work knows. Both set global timers, which a test's clock cannot move.
 */
export class AttemptTimeout extends NoopPolicy {
  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
  ) {
    super();
  }

  /** @throws TaskCancelledError when the work has ignored its signal */
  override async execute<T>(work: (context: IDefaultPolicyContext) => PromiseLike<T> | T): Promise<T> {
    const { clock, timeoutMs } = this;
    const controller = new AbortController();
    const abandoned = Promise.withResolvers<never>();
    let timer = clock.after(timeoutMs, () => {
      timer = clock.after(graceMs, () => abandoned.reject(new TaskCancelledError('the work ignores its signal')));
      controller.abort(new Error(`timed out after ${timeoutMs} ms`));
    });
    try {
      return await Promise.race([work({ signal: controller.signal }), abandoned.promise]);
    } finally {
      timer.cancel();
    }
  }
}
