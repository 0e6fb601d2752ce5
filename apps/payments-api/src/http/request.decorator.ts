import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { baseUrlOf, parametersOf, traceOf } from './api-request.http.js';
import { ParametersPipe, type GivenParameters } from './parameters.pipe.js';

const requestOf = (context: ExecutionContext): FastifyRequest => context.switchToHttp().getRequest<FastifyRequest>();

/** The account whose API key the request carries. */
export const AccountId = createParamDecorator((_data: unknown, context) => requestOf(context).api.account);

/** The caller's own trace, if it sent one that may be followed. */
export const TraceParent = createParamDecorator((_data: unknown, context) => traceOf(requestOf(context)));

/** How the caller reached this service, for the URLs of its pages. */
export const BaseUrl = createParamDecorator((_data: unknown, context) => baseUrlOf(requestOf(context)));

const allParameters = createParamDecorator((_data: unknown, context): GivenParameters => {
  const request = requestOf(context);
  return { parameters: parametersOf(request), apiVersion: request.api.apiVersion };
});

/** The parameters of body and query together, as the route's schema reads them. */
export const Params = (schema: z.ZodType): ParameterDecorator => allParameters(new ParametersPipe(schema));
