import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { isTransientError } from '#postgres';
import { LOG } from '#service';
import type { Log } from '#telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { doorError, unrecognizedUrl } from '../protocol/door-errors.js';
import { sendError } from './error-reply.http.js';
import { apiError, invalidRequest, StripeError } from '../protocol/stripe-error.js';

/** Renders every exception as Stripe's envelope: the SDK takes any other body for a success. */
@Catch()
export class StripeErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Log) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent) return;
    sendError(request, reply, this.asStripeError(exception, request));
  }

  private asStripeError(exception: unknown, request: FastifyRequest): StripeError {
    if (exception instanceof StripeError) return exception;
    if (exception instanceof HttpException && exception.getStatus() < 500) return ofFramework(exception, request);
    const request_id = request.id;
    if (isTransientError(exception)) {
      this.log.warn({ err: exception, request_id }, 'a request could not be served at the moment');
      return apiError('The request cannot be served at the moment. Try again in a little while.');
    }
    this.log.error({ err: exception, request_id }, 'a request failed');
    return apiError('Something went wrong on our side. It has been logged.');
  }
}

function ofFramework(exception: HttpException, request: FastifyRequest): StripeError {
  switch (exception.getStatus()) {
    case 404:
      return unrecognizedUrl(request);
    case 413:
      return doorError(413);
    default:
      return invalidRequest('The request could not be read: its headers and body do not fit together.');
  }
}
