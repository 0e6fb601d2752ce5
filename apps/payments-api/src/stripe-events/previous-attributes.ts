import { isDeepStrictEqual } from 'node:util';

type Json = Readonly<Record<string, unknown>>;

const isHash = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Stripe's `previous_attributes`: the attributes that differ, with the values from before. Of a hash it names the parts
 * that differ, of a list all of it; what was not there before is null.
 *
 * @returns undefined when nothing differs
 */
export function previousAttributes(before: object, after: object): object | undefined {
  const [old, current] = [before as Json, after as Json];
  const names = [...new Set([...Object.keys(current), ...Object.keys(old)])];
  const changed = names.flatMap((name): [string, unknown][] => {
    const [was, is] = [old[name], current[name]];
    if (isDeepStrictEqual(was, is)) return [];
    return [[name, isHash(was) && isHash(is) ? previousAttributes(was, is) : (was ?? null)]];
  });
  return changed.length > 0 ? Object.fromEntries(changed) : undefined;
}
