import type { PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { expandedObjects, type Expandable, type ExpandParameters } from '../protocol/expand.js';
import type { Parameters } from '../protocol/parameters.js';
import { readParameters } from '../protocol/read-parameters.js';
import { expandedIn } from '../protocol/versions/render.js';

/** What a request gives, and the version of the API that it is served. */
export interface GivenParameters {
  readonly parameters: Parameters;
  readonly apiVersion: string;
}

/** Reads a request's parameters by the schema of its route: the handler gets them typed, or is not called. */
export class ParametersPipe<Schema extends z.ZodType> implements PipeTransform<GivenParameters, z.output<Schema>> {
  /** One generated function. If it refuses, zod runs the schema itself, which says what is wrong. */
  private readonly compiled: Schema;
  private readonly expanded: Expandable | undefined;

  constructor(readonly schema: Schema) {
    this.compiled = z.compile(schema);
    this.expanded = expandedObjectOf(schema);
  }

  /** @throws StripeError 400 for the first thing that is wrong */
  transform({ parameters, apiVersion }: GivenParameters): z.output<Schema> {
    const read = readParameters(this.compiled, parameters);
    if (this.expanded === undefined) return read;
    const { expand } = read as ExpandParameters;
    const all = expandedIn(apiVersion, this.expanded, expand);
    return all === expand ? read : ({ ...(read as object), expand: all } as z.output<Schema>);
  }
}

/** The object into which the parameter `expand` of a route goes. */
function expandedObjectOf(schema: z.core.$ZodType): Expandable | undefined {
  if (schema instanceof z.ZodObject) {
    const expand = schema.shape['expand'] as z.ZodType | undefined;
    return expand && expandedObjects.get(expand)?.object;
  }
  if (schema instanceof z.ZodIntersection)
    return expandedObjectOf(schema.def.left) ?? expandedObjectOf(schema.def.right);
  if (schema instanceof z.ZodPipe) return expandedObjectOf(schema.def.in) ?? expandedObjectOf(schema.def.out);
  return undefined;
}
