import { servedVersion } from '../api-version.js';
import { withExpanded } from '../expand.js';
import { jsonText } from '../json-text.js';
import type { ApiResponse } from '../stripe-error.js';
import type { Expandable } from '../expand.js';
import type { AnsweredObject, VersionChange } from './version-change.js';
import { changesAfter } from './version-changes.js';

/** An answer that is about to be stored, as the version of its request has it. */
export function answerInVersion(answer: ApiResponse, apiVersion: string): ApiResponse {
  if (changesAfter(servedVersion(apiVersion)).length === 0) return answer;
  return { ...answer, body: jsonText(inVersion(JSON.parse(answer.body) as object, apiVersion)) };
}

/** An answer as a version has it, with all objects inside. */
export function inVersion(answer: object, apiVersion: string): object {
  return changesAfter(servedVersion(apiVersion)).reduce<object>(undone, answer);
}

/** The paths that a request expands, with those that its version expands unasked. */
export function expandedIn(apiVersion: string, object: Expandable, paths: readonly string[]): readonly string[] {
  return changesAfter(servedVersion(apiVersion)).reduce(
    (before, { expanded }) => (expanded ? withExpanded(object, before, expanded) : before),
    paths,
  );
}

/** What a merchant writes: a value may be called `object`. */
const untouched = new Set(['metadata']);

function undone(value: object, change: VersionChange): object {
  if (Array.isArray(value)) return value.map((item: unknown) => (isObject(item) ? undone(item, change) : item));
  const { object: kind } = value as AnsweredObject;
  // What an event shows stays as it was when the event was made.
  if (kind === 'event') return value;
  const inside = Object.entries(value).map(([name, part]: [string, unknown]): [string, unknown] =>
    isObject(part) && !untouched.has(name) ? [name, undone(part, change)] : [name, part],
  );
  const step = typeof kind === 'string' ? change.before[kind] : undefined;
  return step ? step(Object.fromEntries(inside)) : Object.fromEntries(inside);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
