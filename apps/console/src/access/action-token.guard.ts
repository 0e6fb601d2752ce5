import { timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { consoleConfig } from '../settings.module.js';
import type { ConsoleSettings } from '../settings.js';

/** What only looks is open to every local program that passes the door; what changes something needs the token. */
@Injectable()
export class ActionTokenGuard implements CanActivate {
  constructor(@Inject(consoleConfig.KEY) private readonly settings: Pick<ConsoleSettings, 'token'>) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.method === 'GET' || request.method === 'HEAD') return true;
    if (this.accepts(request.headers.authorization)) return true;
    throw new UnauthorizedException(
      'This changes something: open the console by the link with its token, which the start has printed.',
    );
  }

  accepts(header: string | undefined): boolean {
    const given = Buffer.from(header ?? '');
    const wanted = Buffer.from(`Bearer ${this.settings.token}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}
