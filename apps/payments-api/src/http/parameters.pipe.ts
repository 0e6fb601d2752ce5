import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import type { Parameters } from '../protocol/parameters.js';
import { readParameters } from '../protocol/read-parameters.js';

/** Reads a request's parameters by the schema of its route: the handler gets them typed, or is not called. */
export class ParametersPipe<Schema extends z.ZodType> implements PipeTransform<Parameters, z.output<Schema>> {
  constructor(private readonly schema: Schema) {}

  /** @throws StripeError 400 for the first thing that is wrong */
  transform(given: Parameters): z.output<Schema> {
    return readParameters(this.schema, given);
  }
}
