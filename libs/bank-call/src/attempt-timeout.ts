import { NoopPolicy, TaskCancelledError, type IDefaultPolicyContext } from 'cockatiel';
import type { Clock } from '#clock';

/** How long work may take to return a result after its signal has aborted. */
const graceMs = 100;

/**
 * An attempt's time-out as a cockatiel policy. First cooperative: the work's result after the abort counts. After a grace
 * aggressive: it throws `TaskCancelledError`. cockatiel itself offers only one of the two, on global timers.
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
