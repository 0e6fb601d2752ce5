import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { Type } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { seededRandom } from '#clock';
import { notEmpty } from '#testing';
import { moduleTree } from '../../../../libs/service/src/testing/module-tree.js';
import { PaymentsApiModule } from '../payments-api.module.js';
import type { Parameter, Parameters } from '../protocol/parameters.js';
import { API_VERSION } from '../protocol/api-version.js';
import { readParameters } from '../protocol/read-parameters.js';
import { StripeError } from '../protocol/stripe-error.js';
import { ParametersPipe } from './parameters.pipe.js';

interface RouteArgument {
  readonly pipes?: readonly unknown[];
}

/** The pipe of every route that reads parameters. */
async function pipes(): Promise<ParametersPipe<z.ZodType>[]> {
  const controllers = (await moduleTree(PaymentsApiModule)).flatMap((module) => module.controllers);
  return controllers.flatMap((controller) =>
    Object.getOwnPropertyNames(controller.prototype).flatMap((handler) =>
      argumentsOf(controller, handler).flatMap(({ pipes = [] }) =>
        pipes.filter((pipe) => pipe instanceof ParametersPipe),
      ),
    ),
  );
}

const argumentsOf = (controller: Type, handler: string): RouteArgument[] =>
  Object.values((Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) as object | undefined) ?? {});

/** Names of parameters anywhere in a schema. */
function namesIn(schema: unknown): string[] {
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
  }
  if (!(schema instanceof z.ZodType)) return [];
  return Object.values(schema.def).flatMap((part: unknown) => (Array.isArray(part) ? part : [part]).flatMap(namesIn));
}

const values = [
  '',
  '1',
  '100',
  '0',
  '-3',
  '2e3',
  'true',
  'False',
  'usd',
  'JPY',
  'xxx',
  'tok_visa',
  'ch_1',
  'fraudulent',
];
const others = [
  'a@b',
  'balance_transaction',
  'data.refunds',
  '4242424242424242',
  '😀'.repeat(30),
  'x'.repeat(300),
  ' ',
];

class Requests {
  constructor(
    private readonly random: () => number,
    private readonly names: readonly string[],
  ) {}

  parameters(depth = 0): Parameters {
    const count = this.below(depth === 0 ? 6 : 4);
    return new Map(Array.from({ length: count }, () => [this.name(), this.parameter(depth)]));
  }

  private name(): string {
    return this.below(12) === 0 ? this.oneOf(['colour', '0', '4242424242424242', '__proto__']) : this.oneOf(this.names);
  }

  private parameter(depth: number): Parameter {
    const kind = this.below(8);
    if (kind === 0 && depth < 3) return this.parameters(depth + 1);
    if (kind === 1) return Array.from({ length: this.below(3) }, () => this.parameter(depth + 1));
    return this.oneOf(this.below(3) === 0 ? others : values);
  }

  private oneOf<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }
}

function resultOf(read: () => unknown): unknown {
  try {
    return { read: read() };
  } catch (error) {
    if (error instanceof StripeError) return { status: error.answer.status, body: error.answer.body };
    throw error;
  }
}

describe('the compiled schema of every route', () => {
  it('reads what the schema reads, and refuses in its words', async () => {
    const all = await pipes();
    expect(all.length).toBeGreaterThanOrEqual(17);
    let accepted = 0;
    for (const pipe of notEmpty(all)) {
      const requests = new Requests(seededRandom(7), namesIn(pipe.schema));
      for (let n = 0; n < 300; n++) {
        const given = requests.parameters();
        const expected = resultOf(() => readParameters(pipe.schema, given));
        const read = resultOf(() => pipe.transform({ parameters: given, apiVersion: API_VERSION }));
        expect(read).toStrictEqual(expected);
        if ('read' in (expected as object)) accepted++;
      }
    }
    expect(accepted).toBeGreaterThan(300);
  });
});
