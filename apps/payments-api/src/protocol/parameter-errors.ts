import assert from 'node:assert/strict';
import type { z } from 'zod';
import { invalidRequest, shown, type StripeError } from './stripe-error.js';

type Issue = z.core.$ZodIssue;
type Path = Issue['path'];

/** Unknown parameters that a message names: there may be a thousand. */
const SHOWN_MAX = 5;

/** Stripe's error for the first thing that a schema finds wrong; `param` is always the full name, `source[exp_month]`. */
export function parameterError(issue: Issue, prefix: Path = []): StripeError {
  const path = [...prefix, ...issue.path];
  const param = fullName(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownParameters(issue.keys.map((name) => fullName([...path, name])));
    case 'invalid_type':
      return issue.input === undefined ? missingParameter(param) : wrongType(issue.expected, issue.input, param);
    case 'invalid_value':
      return invalidRequest(`Invalid ${param}: must be one of ${issue.values.join(', ')}`, { param });
    case 'too_small':
      return outOfRange(`greater than or equal to ${issue.minimum}`, param);
    case 'too_big':
      return issue.origin === 'string'
        ? invalidRequest(`Invalid string: ${param} must be at most ${issue.maximum} characters.`, { param })
        : outOfRange(`less than or equal to ${issue.maximum}`, param);
    case 'invalid_union':
      return parameterError(ofFittingBranch(issue), path);
    case 'custom':
      return (issue.params!['error'] as (param: string) => StripeError)(param);
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
      return assert.fail(`no schema of parameters reports ${issue.code}`);
  }
}

/** As it may be shown: a name can be the caller's own. */
function fullName([root = '', ...path]: Path): string {
  return shown(`${String(root)}${path.map((segment) => `[${String(segment)}]`).join('')}`);
}

function unknownParameters(all: readonly string[]): StripeError {
  const names = all.slice(0, SHOWN_MAX);
  const more = all.length > names.length ? ` and ${all.length - names.length} more` : '';
  return invalidRequest(`Received unknown parameter${all.length > 1 ? 's' : ''}: ${names.join(', ')}${more}`, {
    code: 'parameter_unknown',
    param: names[0]!,
  });
}

export function missingParameter(param: string): StripeError {
  return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
}

function wrongType(expected: string, input: unknown, param: string): StripeError {
  switch (expected) {
    case 'int':
      return invalidRequest(`Invalid integer: ${shown(String(input))}`, { code: 'parameter_invalid_integer', param });
    case 'boolean':
      return invalidRequest(`Invalid boolean: ${shown(String(input))}`, { param });
    case 'array':
      return invalidRequest('Invalid array', { param });
    case 'map':
      return invalidRequest(`Invalid object: ${param} must be a hash of its own parameters.`, { param });
    default:
      return invalidRequest(`Invalid string: ${param} is not text.`, { param });
  }
}

function outOfRange(bound: string, param: string): StripeError {
  return invalidRequest(`This value must be ${bound}.`, { code: 'parameter_invalid_integer', param });
}

/** Of text or hash, whichever was given; of neither, the first. */
function ofFittingBranch({ errors }: z.core.$ZodIssueInvalidUnion): Issue {
  const firsts = errors.map(([first]) => first!);
  return firsts.find(({ code, path }) => code !== 'invalid_type' || path.length > 0) ?? firsts[0]!;
}
