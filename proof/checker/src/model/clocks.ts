import { bodyOf } from './api-objects.js';
import type { AttributedRows } from './attributed-rows.js';
import type { KeyedOperation } from './operation.js';

/** Test clocks say what they were set to, and are refused only for a clock that there is, or a time that is not later. */
export function judgeClocks({ operations }: AttributedRows): string[] {
  const ofAccount = Map.groupBy(
    operations.filter(({ kind }) => kind === 'clock'),
    ({ account }) => account,
  );
  return [...ofAccount.values()].flatMap((all) =>
    all.flatMap((operation) => wrongWith(operation, all).map((what) => `${operation.name}: ${what}`)),
  );
}

function wrongWith(operation: KeyedOperation, all: readonly KeyedOperation[]): string[] {
  const { about, parameters, exchanges } = operation;
  const wantedTime = Number(parameters['frozen_time']);
  return exchanges.flatMap(({ answer, endedMs }) => {
    if (!answer) return [];
    const { object, error } = bodyOf(answer);
    if (answer.status === 200) {
      if (object?.object !== 'test_helpers.test_clock') return ['told 200 without a test clock'];
      if (about !== undefined && object.id !== about) return [`told of ${object.id}, asked was about ${about}`];
      return object.frozen_time === wantedTime ? [] : [`told ${object.frozen_time}, set was ${wantedTime}`];
    }
    if (
      answer.status !== 400 ||
      error?.type === 'idempotency_error' ||
      !/^\d{9,10}$/.test(parameters['frozen_time'] ?? '')
    )
      return [];
    const before = all.filter((other) => other !== operation && other.sentMs <= endedMs && other.mayTakeEffect);
    const isExplained =
      about === undefined
        ? before.some((other) => other.about === undefined)
        : before.some((other) => Number(other.parameters['frozen_time']) >= wantedTime);
    return isExplained ? [] : [`told 400 (${error?.message}), and nothing is wrong with it`];
  });
}
