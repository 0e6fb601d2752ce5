import type { PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import type { Parameters } from '../protocol/parameters.js';
import { readParameters } from '../protocol/read-parameters.js';

/** Reads a request's parameters by the schema of its route: the handler gets them typed, or is not called. */
export class ParametersPipe<Schema extends z.ZodType> implements PipeTransform<Parameters, z.output<Schema>> {
  /** One generated function. If it refuses, zod runs the schema itself, which says what is wrong. */
  private readonly compiled: Schema;

  constructor(readonly schema: Schema) {
    this.compiled = z.compile(schema);
  }

  /** @throws StripeError 400 for the first thing that is wrong */
  transform(given: Parameters): z.output<Schema> {
    return readParameters(this.compiled, given);
  }
}
