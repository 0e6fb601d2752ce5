import type { z } from 'zod';
import { parameterError } from './parameter-errors.js';
import type { Parameters } from './parameters.js';

/** @throws StripeError 400 for the first thing that is wrong */
export function readParameters<Schema extends z.ZodType>(schema: Schema, given: Parameters): z.output<Schema> {
  const read = schema.safeParse(given, { reportInput: true });
  if (read.success) return read.data;
  throw parameterError(read.error.issues[0]!);
}
